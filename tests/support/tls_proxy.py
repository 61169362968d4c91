#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TLS in front of a plain server of the tests: tls_proxy.py CERT KEY TARGET_PORT

Prints "listening PORT" and forwards bytes both ways until it is ended.
"""
import socket
import ssl
import sys
import threading


def forward(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(plain, context, target_port):
    try:
        client = context.wrap_socket(plain, server_side=True)
        server = socket.create_connection(("127.0.0.1", target_port))
    except OSError:
        plain.close()
        return
    threading.Thread(target=forward, args=(client, server), daemon=True).start()
    forward(server, client)
    client.close()


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print("listening", listener.getsockname()[1], flush=True)
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve, args=(plain, context, int(sys.argv[3])), daemon=True).start()


if __name__ == "__main__":
    main()
