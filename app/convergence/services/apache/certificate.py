"""Looks at a certificate as the daemons do that serve it.

check CHAIN KEY: whether OpenSSL loads both and they belong together.
served CHAIN ADDRESS PORT NAME: whether the first of CHAIN is what NAME gets there.
"""

import socket
import ssl
import sys


def check(chain, key):
    def refuse():
        raise ssl.SSLError("the key is encrypted")

    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, refuse)


def served(chain, address, port, name):
    with open(chain, encoding="ascii") as file:
        wanted = ssl.PEM_cert_to_DER_cert(file.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((address, int(port)), timeout=3) as plain:
        with context.wrap_socket(plain, server_hostname=name) as connection:
            if connection.getpeercert(binary_form=True) != wanted:
                raise ssl.SSLError(f"{name} on port {port} gets another certificate than {chain}")


try:
    {"check": check, "served": served}[sys.argv[1]](*sys.argv[2:])
except (OSError, ValueError) as error:
    sys.exit(f"{sys.argv[2]}: {error}")
