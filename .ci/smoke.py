"""Import the installed gateway, log in and send one claim, over WSGI. Run away from the checkout, so that the installed package is used."""

import io
import os
import re
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() not in (CHECKOUT, CHECKOUT / ".ci")]
NAMESPACE = "http://wstk.pip.crif.com/"


def call(app, operation, arguments):
    children = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in arguments.items())
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<n:{operation} xmlns:n="{NAMESPACE}">{children}</n:{operation}></e:Body></e:Envelope>'
    ).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/PIP.WSTK/PIPWSTK",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    reply = b"".join(app(environ, lambda status, headers: None)).decode()
    assert "<code>Ok</code>" in reply, reply
    return reply


def main():
    os.environ.update(GATEWAY_DATA=tempfile.mkdtemp(), GATEWAY_LOG_LEVEL="ERROR")
    import gateway
    from gateway import log
    from gateway.commands.serve import prepare
    from gateway.config import Settings
    from gateway.wsgi import make

    assert CHECKOUT / "gateway" not in Path(gateway.__file__).resolve().parents, gateway.__file__
    settings = Settings.from_environment()
    log.configure(settings)
    prepare(settings, demo=True)
    app = make(settings)
    login = {"userID": "cr1-a2a", "userAsID": "cr1-handler", "password": "Sandbox-Key-2026!"}
    token = re.search("<accessToken>(.*?)</accessToken>", call(app, "getToken", login)).group(1)
    form = (CHECKOUT / "fixtures/rta/valid/addClaim/adult-driver.xml").read_text()
    reply = call(app, "addClaim", {"claimXML": form, "accessToken": token})
    claim = re.search("<applicationId>(.*?)</applicationId>", reply).group(1)
    print(f"Python {sys.version_info[0]}.{sys.version_info[1]}: imported, logged in, sent claim {claim}.")


main()
