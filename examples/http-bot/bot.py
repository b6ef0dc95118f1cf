#!/usr/bin/env python3
"""A small bot for Baton's HTTP contract: the Python standard library alone. See README.md beside it."""
import argparse, base64, collections, hashlib, hmac, json, os, re, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIMIT = 256 * 1024
answers = collections.OrderedDict()  # ask id -> answer: a repeat of an ask gets the same answer
memory = collections.OrderedDict()   # conversation id -> what is known of the customer's matter
lock = threading.Lock()


def key(secret):
    return base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()


def signature_holds(secret, headers, body):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body, and a clock that is at most five minutes off."""
    number, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    mac = hmac.new(key(secret), f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(mac).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers.get("webhook-signature", "").split(" "))


def remember(store, name, value):
    with lock:
        store[name] = value
        while len(store) > 10_000:
            store.popitem(last=False)


def learn(known, brief):
    """Settled facts are sentences of a person; take the order number and the address out of them."""
    for fact in (settled["fact"] for settled in brief["settled"]):
        number = re.search(r"\border\D*(\d{3,})", fact, re.I)
        place = re.search(r".*\b(?:street|address|deliver\w*|goes)\b(?: is| to|:)*\s*(.+)", fact, re.I)
        if number:
            known["order"] = number.group(1)
        if place:
            known["street"] = place.group(1).rstrip(". ")


def order_line(known):
    return f"Your order {known['order']} goes to {known.get('street', 'the address you gave')}."


def answer(turn):
    known = memory.get(turn["conversation"]) or {k: v for k, v in turn["variables"].items() if k in ("order", "street")}
    reply = decide(turn, known)
    remember(memory, turn["conversation"], known)
    # Variables come back with every turn, so the bot may restart in the middle of a conversation.
    reply["variables"] = {k: v for k, v in known.items() if k in ("order", "street")}
    if turn["message"]:
        reply["seen"] = turn["message"]["position"]
    return reply


def decide(turn, known):
    if turn["reason"] == "opened":
        return {"messages": ["Hello. Ask me about your order, or write *person* at any time to get someone."]}
    if turn["reason"] == "handed_back":
        brief = turn["brief"] or {"settled": [], "promised": []}
        learn(known, brief)
        facts = [order_line(known)] if "order" in known else [s["fact"].rstrip(".") + "." for s in brief["settled"]]
        promised = [f"Promised: {promise.rstrip('.')}." for promise in brief["promised"]]
        return {"messages": [" ".join(["Welcome back."] + facts + promised + ["What else can I do for you?"])]}
    text = turn["message"]["text"].lower()
    number = re.search(r"\b\d{3,}\b", text)
    if re.search(r"\b(stuck|complain\w*|refund|lawyer)\b|does ?n[o']t help|no use", text):
        return {"messages": ["I cannot solve this. I'm asking for a person."], "intent": "stuck", "confidence": 0.9,
                "hand_over": {"reason": "The customer is stuck and the bot has no answer."}}
    if text.strip(" .!") == "slow" and turn["reply_address"]:
        threading.Thread(target=answer_later, args=(turn,), daemon=True).start()
        return {"later": True}
    if number:
        known["order"] = number.group()
    if re.search(r"\b(street|address|move|moved)\b", text):
        if "street" in known:
            return {"messages": [order_line(known) if "order" in known else f"We have {known['street']}."]}
        return {"hand_over": {"reason": "The customer wants another address, which only people may enter."}}
    if number or re.search(r"\b(order|parcel|package|delivery)\b", text):
        if "order" not in known:
            return {"messages": ["Which order number?"], "intent": "order_status", "confidence": 0.8}
        return {"messages": [order_line(known) + " It is on its way."], "intent": "order_status", "confidence": 0.95}
    if re.search(r"\b(hello|hi|hey|good (morning|evening))\b", text):
        return {"messages": [{"text": "Hello. What is it about?", "choices": ["My order", "Something else"]}]}
    if re.search(r"\b(bye|goodbye)\b", text):
        return {"messages": ["Goodbye."], "end": True}
    known["missed"] = known.get("missed", 0) + 1
    if known["missed"] > 1:
        return {"hand_over": {"reason": "The bot did not understand the customer twice."}, "confidence": 0.1}
    return {"messages": ["I know about orders and deliveries. What is your question?"], "confidence": 0.2}


def answer_later(turn):
    time.sleep(options.slow)
    body = json.dumps({"ordinal": 0, "messages": ["Here is the slow answer."], "done": True}).encode()
    request = urllib.request.Request(turn["reply_address"], body, {"content-type": "application/json"})
    for wait in (1, 2, 4):
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return  # 2xx also if a person has taken over: Baton then keeps the answer and shows it to people alone.
        except OSError as error:
            print("later reply:", error, file=sys.stderr)
            if 400 <= getattr(error, "code", 500) < 500:
                return
            time.sleep(wait)


class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1  # head and body in one packet

    def do_POST(self):
        size = self.headers.get("content-length", "")
        if not size.isdigit() or int(size) > LIMIT:
            self.close_connection = True
            return self.send(413, {"error": "send a content-length of at most 256 KiB"})
        body = self.rfile.read(int(size))
        if not signature_holds(options.secret, self.headers, body):
            return self.send(401, {"error": "the signature does not hold"})
        turn = json.loads(body)
        if turn["ask"] not in answers:
            remember(answers, turn["ask"], answer(turn))
        self.send(200, answers[turn["ask"]])

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    log_message = lambda self, *_: None  # no line of a conversation belongs in a log


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8095, help="0 takes a free one")
    parser.add_argument("--secret", default=os.environ.get("BATON_SECRET"), help="or BATON_SECRET in the environment")
    parser.add_argument("--slow", type=float, default=10, help="seconds until the answer to 'slow'")
    options = parser.parse_args()
    if not options.secret or len(key(options.secret)) < 16:
        parser.error("give the secret of the bot's connection, at least 16 bytes")
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"ready on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
