"""Asks the process of this container whether it is ready; the exit code is the answer.

Every few seconds one starts in each container, so it loads next to nothing and speaks HTTP 1.0 by itself.
"""

import os
import socket
import sys

TIMEOUT = 5.0

try:
    with socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), TIMEOUT) as connection:
        connection.settimeout(TIMEOUT)
        connection.sendall(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = b""
        while part := connection.recv(4096):
            answer += part
except OSError as error:
    sys.exit(f"does not answer: {error}")
head, _, body = answer.partition(b"\r\n\r\n")
sys.stdout.write(body.decode("utf-8", "replace"))
sys.exit(head.split(b" ", 2)[1:2] != [b"200"])
