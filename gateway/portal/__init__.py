"""The portal behind the gateway: documentation, health and a start page."""
