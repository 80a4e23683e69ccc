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
exec nats-server --config /etc/nats/ecatalog.conf
