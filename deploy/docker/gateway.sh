#!/bin/sh
# Traefik with the replicas that run. Compose gives all replicas of a service one name, and they come and go; Traefik
# knows addresses only. So the routes are written with the addresses behind each name, and Traefik is told to read them
# again whenever these have changed. No access to Docker itself is needed for that.
#
# The loop costs a process for each name and round, and the shell's own means for all the rest.
set -eu

BEGINNING=$PWD # gateway/ as it lies in the repository
ROUTES=/tmp/gateway
EVERY=0.5 # seconds
FLOOR=3.7.10 # the newest release of Traefik that closes a hole known to us
SERVICES="AUTH CATALOG INTEGRATION MEDIA LOCATION PORTAL"

# answers http://172.18.0.5:8001/health/live: whether it does. (wget's own -T ends some builds of busybox.)
answers() { timeout 2 wget -q -O /dev/null "$1" 2>/dev/null; }

# look_up URL: puts the addresses behind its name into $found. Those of $known come first, so that the same ones always
# look the same; a new one comes in once it takes requests. When the name cannot be looked up just now, all stays as it
# is: only the answer that there is no such name means that there is no replica.
look_up() {
    found=
    host=${1#http://} port=${1##*:}
    if ! answer=$(nslookup -type=a -timeout=2 -retry=1 "${host%:*}" 2>&1); then
        case $answer in *NXDOMAIN*) ;; *) found=$known ;; esac
        return
    fi
    now=
    for word in ${answer#*Name:}; do
        case $word in *[!0-9.]*) ;; *.*.*.*) now="$now http://$word:$port" ;; esac
    done
    for address in $known; do
        case "$now " in *" $address "*) found="$found $address" ;; esac
    done
    for address in $now; do
        case "$known $found " in *" $address "*) ;; *) ! answers "$address/health/live" || found="$found $address" ;; esac
    done
}

# update: looks all names up; the exit code is 0 when replicas came or went since the last time.
update() {
    changed=1
    for name in $SERVICES; do
        eval "known=\${known_$name-} url=\$${name}_URL"
        look_up "$url"
        [ "$found" = "$known" ] && continue
        eval "known_$name=\$found"
        echo "{\"level\":\"info\",\"message\":\"replicas of $name:${found:- none}\"}"
        changed=0
    done
    return $changed
}

write_routes() {
    edit=
    for name in $SERVICES; do
        eval "known=\${known_$name-}"
        edit="$edit;s|(env \"${name}_URL\")|\"$(echo $known | tr ' ' ,)\"|"
    done
    sed "${edit#;}" "$BEGINNING/routes.yml" >"$ROUTES/routes.new"
    mv "$ROUTES/routes.new" "$ROUTES/routes.yml"
}

follow() {
    until answers http://127.0.0.1:8009/ping; do # before it listens, the signal would end it
        sleep "$EVERY"
    done
    while sleep "$EVERY"; do
        if update && write_routes; then
            kill -HUP $$ # Traefik by then
        fi
    done
}

# refuse_old: tags move, and stay where they were on a machine that fetched them long ago. A release that lacks what is
# known to be mended is not started.
refuse_old() {
    version=$(traefik version | awk '$1 == "Version:" { print $2 }')
    newest=$(printf '%s\n' "$FLOOR" "$version" | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1)
    [ "$newest" = "$version" ] && return
    echo "gateway: this image holds Traefik $version; at least $FLOOR is needed: docker compose pull gateway" >&2
    exit 1
}

# refuse_strangers: a development system, whose passwords everybody knows, is for this machine alone.
refuse_strangers() {
    case $ECATALOG_HOST in 127.*|localhost|::1|"[::1]") return ;; esac
    if [ "$ECATALOG_ENV" = development ] && [ "$ECATALOG_OPEN_DEVELOPMENT" != yes ]; then
        echo "gateway: ECATALOG_HOST=$ECATALOG_HOST lets others reach a development system, whose passwords everybody" \
            "knows: set ECATALOG_ENV=production, or ECATALOG_OPEN_DEVELOPMENT=yes if that is meant" >&2
        exit 1
    fi
}

# trust: the proxies of TRUSTED_PROXIES are believed what they say of their clients.
trust() {
    [ -n "$TRUSTED_PROXIES" ] || return 0
    quoted=$(echo "$TRUSTED_PROXIES" | sed 's/[^, ][^, ]*/"&"/g')
    sed -i "/^    address: \":8000\"/a\\    forwardedHeaders: {trustedIPs: [$quoted]}" "$ROUTES/traefik.yml"
}

refuse_strangers
refuse_old
mkdir -p "$ROUTES"
cp "$BEGINNING/traefik.yml" "$BEGINNING/middlewares.yml" "$ROUTES/"
trust
ln -sfn "$BEGINNING/plugins-local" "$ROUTES/plugins-local"
update || true
write_routes
cd "$ROUTES"
follow &
exec traefik --configFile="$ROUTES/traefik.yml"
