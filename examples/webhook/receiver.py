import base64, hmac, os, time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body, (id, at) = self.rfile.read(int(self.headers["Content-Length"])), (self.headers["Webhook-Id"], self.headers["Webhook-Timestamp"])
        want = base64.b64encode(hmac.digest(KEY, f"{id}.{at}.".encode() + body, "sha256")).decode()
        good = abs(time.time() - int(at)) < 300 and any(hmac.compare_digest("v1," + want, s) for s in self.headers["Webhook-Signature"].split())
        print("received" if good else "refused", body.decode(), flush=True)
        self.send_response(204 if good else 401)
        self.end_headers()

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
