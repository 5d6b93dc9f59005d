"""A small OpenID Connect provider on loopback: discovery, authorize, token with PKCE, keys. It believes whoever comes."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Provider:
    """`claims` is who signs in next; `wrong` breaks one thing: key, audience, issuer, expired, none."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.wrong = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes next."""
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(said.get("code", ""), None)
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = asked and asked.get("code_challenge") == challenge and asked["code_challenge_method"] == "S256"
        if not asked or not good or said.get("client_secret") != "open sesame":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": "http://elsewhere" if self.wrong == "issuer" else self.url,
            "aud": "somebody-else" if self.wrong == "audience" else asked["client_id"],
            "iat": now,
            "exp": now - 3600 if self.wrong == "expired" else now + 300,
            **self.claims,
        }
        if self.wrong == "none":
            signed = jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
        else:
            key = self.other if self.wrong == "key" else self.key
            signed = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    of = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(said.query).items()}
            if said.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", of.authorize(query))
                self.end_headers()
            elif said.path == "/keys":
                self._json(200, of.keys())
            else:
                self._json(200, of.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._json(*of.token({name: values[0] for name, values in parse_qs(body).items()}))

        def _json(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    of.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield of
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
