/** A customer without a page: what they do goes straight to the hub, as any channel would. */
export class Caller {
  private constructor(
    readonly origin: string,
    readonly conversation: string,
    readonly name: string,
    private readonly token: string,
    private readonly client: string,
  ) {}
  #counter = 1;

  static async start(origin: string, name: string, inbox = "demo"): Promise<Caller> {
    const client = crypto.randomUUID();
    const answer = await fetch(`${origin}/chat/v1/conversations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inbox, client, language: "en", name }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const { conversation, token } = (await answer.json()) as { conversation: string; token: string };
    return new Caller(origin, conversation, name, token, client);
  }

  async #call(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await fetch(`${this.origin}/chat/v1/conversation/${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${text}`);
    return text;
  }
  async say(text: string): Promise<void> {
    await this.#call("POST", "messages", { client: this.client, counter: this.#counter++, text });
  }
  async askPerson(): Promise<void> {
    await this.#call("POST", "person", {});
  }
  async withdraw(): Promise<void> {
    await this.#call("POST", "withdraw", {});
  }
  async leaveMessage(text: string): Promise<void> {
    await this.#call("POST", "message-left", { text });
  }
  /** What this customer has been sent so far. */
  async reads(): Promise<string> {
    return this.#call("GET", "events?limit=500");
  }
}
