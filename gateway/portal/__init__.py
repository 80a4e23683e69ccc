"""The portal stands behind the gateway: it serves documentation, health and a start page."""
