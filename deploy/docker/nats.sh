#!/bin/sh
# The broker, unless its passwords are those that everybody knows.
set -eu
if [ "$ECATALOG_ENV" != development ]; then
    for name in NATS_PASSWORD NATS_OUTSIDE_PASSWORD; do
        if [ "$(printenv "$name")" = development-only ]; then
            echo "nats: $name still has its development value; set your own outside development" >&2
            exit 1
        fi
    done
fi
case "$ECATALOG_ENV $EVENTS_HOST" in
development\ 127.*|development\ localhost|development\ ::1|development\ "[::1]") ;;
development\ *)
    if [ "$ECATALOG_OPEN_DEVELOPMENT" != yes ]; then
        echo "nats: EVENTS_HOST=$EVENTS_HOST lets others in with a password that everybody knows:" \
            "set ECATALOG_ENV=production, or ECATALOG_OPEN_DEVELOPMENT=yes if that is meant" >&2
        exit 1
    fi ;;
esac
exec nats-server --config /etc/nats/ecatalog.conf
