"""Autodiscover (MS-OXDSCLI, plain XML): tells Outlook where the mail server is.

It knows the server's name and nothing else. A client sends the address that it is to be set up for and gets it
back as the login name: whether there is such a mailbox is not told to anybody here.
"""

import http.server
import re
import socket
import socketserver
import sys
import threading
from xml.sax.saxutils import escape

HOST = sys.argv[1]
MOST_BYTES = 16 * 1024
IDLE_SECONDS = 120
ADDRESS = re.compile(r"<(?:\w+:)?EMailAddress>\s*([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253})\s*</", re.I)
SCHEMA = re.compile(r"<(?:\w+:)?AcceptableResponseSchema>\s*([^<\s]*)", re.I)
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">\n%s</Autodiscover>\n'
)
# Other formats than Outlook's, such as Exchange ActiveSync, mean other protocols.
UNKNOWN = "  <Response>\n    <Error><ErrorCode>601</ErrorCode><Message>Provider is not available</Message></Error>\n  </Response>\n"


def protocol(kind, port, login, more):
    name = f"        <LoginName>{escape(login)}</LoginName>\n" if login else ""
    return (
        f"      <Protocol>\n        <Type>{kind}</Type>\n        <Server>{HOST}</Server>\n        <Port>{port}</Port>\n"
        f"        <DomainRequired>off</DomainRequired>\n{name}        <SPA>off</SPA>\n        <SSL>on</SSL>\n"
        f"        <AuthRequired>on</AuthRequired>\n{more}      </Protocol>\n"
    )


def answer(body):
    wanted = SCHEMA.search(body)
    if wanted and wanted[1] != OUTLOOK:
        return ENVELOPE % UNKNOWN
    found = ADDRESS.search(body)
    login = found[1].lower() if found else None
    tls = "        <Encryption>SSL</Encryption>\n"
    protocols = (
        protocol("IMAP", 993, login, tls)
        + protocol("POP3", 995, login, tls)
        + protocol("SMTP", 465, login, tls + "        <UsePOPAuth>off</UsePOPAuth>\n        <SMTPLast>off</SMTPLast>\n")
    )
    account = f"    <Account>\n      <AccountType>email</AccountType>\n      <Action>settings</Action>\n{protocols}    </Account>\n"
    return ENVELOPE % f'  <Response xmlns="{OUTLOOK}">\n{account}  </Response>\n'


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10
    server_version, sys_version = "Tsukasa", ""

    def do_GET(self):
        self.reply(answer(""))

    def do_POST(self):
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch(r"\d{1,6}", length) or int(length) > MOST_BYTES:
            return self.send_error(413)
        self.reply(answer(self.rfile.read(int(length)).decode("utf-8", "replace")))

    def reply(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The front has written it down already."""


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    timeout = IDLE_SECONDS
    isIdle = False
    turns = threading.Semaphore(16)

    def process_request_thread(self, request, client_address):
        with self.turns:
            super().process_request_thread(request, client_address)

    def handle_timeout(self):
        self.isIdle = True


server = Server(None, Handler, bind_and_activate=False)
server.socket = socket.socket(fileno=3)
while not server.isIdle:
    server.handle_request()
server.server_close()
