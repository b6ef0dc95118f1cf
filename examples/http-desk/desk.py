#!/usr/bin/env python3
"""A little desk for Baton's HTTP target contract: the Python standard library alone. See README.md beside it."""
import argparse, base64, hashlib, hmac, json, os, queue, sys, threading, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIMIT = 256 * 1024
lock = threading.RLock()
desk = {}            # (conversation, baton) -> Chat: the same conversation may come again under a higher baton number
outbox = queue.Queue(1_000)


def key(secret):
    return base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()


def sign(number, stamp, body):
    mac = hmac.new(key(options.secret), f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def signature_holds(headers, body):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body, and a clock that is at most five minutes off."""
    number, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    wanted = sign(number, stamp, body)
    return any(hmac.compare_digest(wanted, given) for given in headers.get("webhook-signature", "").split(" "))


class Chat:
    def __init__(self, request):
        self.name, self.baton = request["conversation"], request["baton"]
        self.reference, self.callback = request["reference"], request["callback"]
        self.lines, self.seen, self.events, self.state, self.agent = [], set(), [], "waiting", None
        for line in request["history"]:
            self.add(line)

    def add(self, line):
        if line["position"] not in self.seen:  # a repeat is one line
            self.seen.add(line["position"])
            self.lines.append(line)
            print(f"[{self.reference}] {line['name'] or line['by']}: {line['text']}", flush=True)

    def happens(self, **event):
        """An event for Baton. Its id is made once: however often it is sent, it counts once."""
        event["id"] = f"{self.name}/{self.baton}/{len(self.events) + 1}"
        self.events.append(event)
        if not options.poll:
            outbox.put((self, event))

    def join(self, name):
        if self.state == "waiting":
            self.state, self.agent = "live", name
            self.happens(type="joined", human=True, name=name, agent_id=name)


def waiting():
    return [chat for chat in desk.values() if chat.state == "waiting"]


def place(chat):
    return waiting().index(chat) + 1


def from_baton(request):
    """One operation of the contract. Every one may come twice."""
    name = (request["conversation"], request["baton"])
    operation, chat = request["op"], desk.get(name)
    if operation == "open":
        if chat is None:
            if sum(chat.state != "ended" for chat in desk.values()) >= options.room:
                return 200, {"status": "refused", "reason": "no_capacity"}
            print(f"\n--- {request['reference']} ({request['reason']['trigger']}) {request['conversation']}", flush=True)
            chat = desk[name] = Chat(request)
        return 200, {"status": "waiting", "place": place(chat)} if chat.state == "waiting" else {"status": "accepted"}
    if operation == "close":  # also when nothing is open: Baton makes sure, it does not ask
        if chat and chat.state != "ended":
            chat.state = "ended"
            print(f"[{chat.reference}] taken back by Baton: {request['reason']}", flush=True)
            moved_up()
        return 200, {}
    if chat is None:  # a word that crosses our `ended` on the way is taken: it stands in Baton's history as well
        return 410, {"error": "this conversation is not open here"}
    if operation == "message":
        chat.add(request["line"])
    elif operation == "typing":
        print(f"[{chat.reference}] " + ("…" if request["on"] else "."), flush=True)
    elif operation == "events":
        after = int(request["after"] or 0)
        return 200, {"events": chat.events[after:], "cursor": str(len(chat.events)), "again_ms": 1_000}
    return 200, {}


def moved_up():
    for chat in waiting():
        chat.happens(type="waiting", place=place(chat))


def from_agent(what, order):
    """What the person at this desk does: /say, /typing, /join, /pass, /end."""
    chats = [c for c in desk.values() if order["conversation"] in (c.name, c.reference) and c.state != "ended"]
    if not chats:
        return 404, {"error": "no such conversation is open"}
    chat, name = chats[-1], order.get("name", "Sam")
    chat.join(name)
    if what == "/say":
        chat.happens(type="message", text=order["text"], name=chat.agent, agent_id=chat.agent)
    elif what == "/typing":
        chat.happens(type="typing", on=bool(order.get("on", True)))
    elif what == "/pass":
        chat.agent = name
        chat.happens(type="transferred", name=name)
    elif what == "/end":
        chat.state = "ended"
        chat.happens(type="ended", to=order.get("to", "close"), disposition=order.get("disposition"))
    elif what != "/join":
        return 404, {"error": "there are /say, /typing, /join, /pass and /end"}
    moved_up()
    return 200, {"id": chat.events[-1]["id"]}


def call_back():
    """Sends events in their order; one that Baton cannot take now holds up those behind it."""
    while True:
        chat, event = outbox.get()
        body = json.dumps({"events": [event]}).encode()
        for wait in (0.5, 1, 2, 4, 8, 0):
            stamp = str(int(time.time()))
            headers = {"content-type": "application/json", "webhook-id": event["id"], "webhook-timestamp": stamp,
                       "webhook-signature": sign(event["id"], stamp, body)}
            try:
                urllib.request.urlopen(urllib.request.Request(chat.callback, body, headers), timeout=10).close()
                break
            except OSError as error:
                print(f"[{chat.reference}] callback: {error}", file=sys.stderr, flush=True)
                if isinstance(error, urllib.error.HTTPError) and error.code not in (408, 429) and error.code < 500:
                    break  # Baton says what is wrong with it; the same again is no use
                time.sleep(wait)


class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1  # head and body in one packet

    def do_POST(self):
        size = self.headers.get("content-length", "")
        if not size.isdigit() or int(size) > LIMIT:
            self.close_connection = True
            return self.send(413, {"error": "send a content-length of at most 256 KiB"})
        body = self.rfile.read(int(size))
        if self.path == "/" and not signature_holds(self.headers, body):
            return self.send(401, {"error": "the signature does not hold"})
        # A page of another site cannot send this type without asking first, so it cannot speak for the agent.
        if self.path != "/" and self.headers.get("content-type") != "application/json":
            return self.send(415, {"error": "send application/json"})
        with lock:
            try:
                status, answer = from_baton(json.loads(body)) if self.path == "/" else from_agent(self.path, json.loads(body))
            except (KeyError, TypeError, ValueError) as error:
                status, answer = 400, {"error": f"{type(error).__name__}: {error}"}
        self.send(status, answer)

    def do_GET(self):
        with lock:
            self.send(200, [{"conversation": c.name, "reference": c.reference, "baton": c.baton, "state": c.state,
                             "lines": c.lines} for c in desk.values()])

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8096, help="0 takes a free one")
    parser.add_argument("--secret", default=os.environ.get("BATON_SECRET"), help="or BATON_SECRET in the environment")
    parser.add_argument("--room", type=int, default=100, help="conversations at once; beyond them `refused`")
    parser.add_argument("--poll", action="store_true", help="wait to be asked for events instead of calling back")
    options = parser.parse_args()
    if not options.secret or len(key(options.secret)) < 16:
        parser.error("give the secret of the target's connection, at least 16 bytes")
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    threading.Thread(target=call_back, daemon=True).start()
    print(f"ready on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
