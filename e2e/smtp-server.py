#!/usr/bin/env python3
"""A mail server for tests, on a port of its own, that does what it is told.

    smtp-server.py [--tls] [ANSWER…]

Prints its port, then one JSON line for each message it read whole. Each ANSWER is for one message, in order: `ok` takes it,
`drop` closes the connection instead of answering, `lost` takes it and closes the connection before saying so, and a number
(451, 550) refuses it with that status. After the last one everything is taken. `--tls` offers STARTTLS with a certificate that
nobody vouches for.
"""

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, answers):
        self.answers = answers

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "ok"
        taken = answer in ("ok", "lost")
        print(json.dumps({
            "answer": answer,
            "taken": taken,
            "encrypted": session.ssl is not None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message": envelope.content.decode("utf-8", "replace"),
        }), flush=True)
        if answer in ("drop", "lost"):
            server.transport.abort()
            await asyncio.sleep(0.05)
            return "421 gone"
        return "250 taken" if taken else f"{answer} said so"


def unvouched():
    folder = tempfile.mkdtemp()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{folder}/key", "-out", f"{folder}/cert"],
        check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/cert", f"{folder}/key")
    return context


async def main(arguments):
    tls = "--tls" in arguments
    handler = Handler([one for one in arguments if one != "--tls"])
    options = {"tls_context": unvouched()} if tls else {}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mail.example", **options), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Lives as long as whoever started it: its standard input ends with them.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(sys.argv[1:]))
