import { describe, expect, it } from "vitest";
import { address, type AddressOf, assembled, Client, customer, desk } from "./client.ts";
import type { Board, Detail } from "./api.ts";
import { HubError } from "./problem.ts";

type Sent = { url: string; method?: string; headers: Record<string, string>; body?: string };

/** A hub that answers in turn, and what it was asked. */
function hub(...answers: (Response | Error | "silence")[]): { sent: Sent[]; fetch: typeof fetch } {
  const sent: Sent[] = [];
  return {
    sent,
    fetch: (url, init) => {
      sent.push({
        url: String(url),
        method: init?.method,
        headers: init?.headers as Record<string, string>,
        body: init?.body as string | undefined,
      });
      const answer = answers.shift();
      if (answer instanceof Response) return Promise.resolve(answer);
      if (answer !== "silence") return Promise.reject(answer ?? new TypeError("no answer left"));
      return new Promise((_, reject) => {
        const end = () => reject(init?.signal?.reason as Error);
        if (init?.signal?.aborted) end();
        else init?.signal?.addEventListener("abort", end);
      });
    },
  };
}
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const id = "0192f000-0000-7000-8000-000000000001";
const unreachable = "The hub does not answer.";

describe("the typed client", () => {
  it("fills the path, leaves out empty parameters and bears the log-in's token where something is changed", async () => {
    const { sent, fetch } = hub(json({ items: [], cursor: null }), json({}));
    const client = desk({ csrf: () => "token", unreachable, fetch });
    await client.get("/api/v1/conversations", { query: { list: "mine", cursor: undefined, limit: 20 } });
    await client.post("/api/v1/conversations/{id}/close", {
      path: { id },
      body: { disposition: "Answered" },
    });
    expect(sent.map((one) => [one.method, one.url])).toEqual([
      ["GET", "/api/v1/conversations?list=mine&limit=20"],
      ["POST", `/api/v1/conversations/${id}/close`],
    ]);
    expect(sent[0]?.headers["x-baton-csrf"]).toBeUndefined();
    expect(sent[1]?.headers["x-baton-csrf"]).toBe("token");
    expect(sent[1]?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[1]?.body).toBe('{"disposition":"Answered"}');
  });

  it("makes a post once more with the same key when no answer came, and not when one came", async () => {
    const lost = hub(new TypeError("network"), json({ seq: 7, at: 1 }, 201));
    const client = desk({ csrf: () => "", unreachable, fetch: lost.fetch });
    const noted = await client.post("/api/v1/conversations/{id}/notes", {
      path: { id },
      body: { text: "x" },
    });
    expect(noted.seq).toBe(7);
    expect(lost.sent).toHaveLength(2);
    expect(lost.sent[0]?.headers["idempotency-key"]).toBe(lost.sent[1]?.headers["idempotency-key"]);

    const refused = hub(
      json({ code: "not_holder", title: "Not holder", detail: "Only the holder can." }, 409),
    );
    const other = desk({ csrf: () => "", unreachable, fetch: refused.fetch });
    const failed = await other
      .post("/api/v1/conversations/{id}/wake", { path: { id } })
      .catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(HubError);
    expect([(failed as HubError).code, (failed as HubError).detail]).toEqual([
      "not_holder",
      "Only the holder can.",
    ]);
    expect(refused.sent).toHaveLength(1);
  });

  it("says whether it was given up, took too long, or what stood between answered", async () => {
    const code = async (client: Client, signal?: AbortSignal) =>
      client.get("/api/v1/board", { signal, timeoutMs: 20 }).catch((e: HubError) => e.problem);
    const slow = new Client({ unreachable, fetch: hub("silence").fetch });
    expect(await code(slow)).toMatchObject({ code: "timed_out", title: unreachable });
    const given = new AbortController();
    given.abort();
    expect(await code(new Client({ unreachable, fetch: hub("silence").fetch }), given.signal)).toMatchObject({
      code: "aborted",
    });
    const proxy = new Response("<html>", { status: 502, headers: { "retry-after": "3" } });
    expect(await code(new Client({ unreachable, fetch: hub(proxy).fetch }))).toMatchObject({
      code: "http_502",
      retry_after: 3,
    });
  });

  it("bears a customer's token and answers null where there is no body", async () => {
    const { sent, fetch } = hub(new Response(null, { status: 204 }));
    const client = customer({ token: () => "t", unreachable, base: "https://hub.example.org", fetch });
    expect(await client.post("/chat/v1/conversation/seen", { body: { position: 4 } })).toBeNull();
    expect(sent[0]).toMatchObject({ url: "https://hub.example.org/chat/v1/conversation/seen" });
    expect(sent[0]?.headers.authorization).toBe("Bearer t");
  });

  it("puts values into an address that cannot leave their place in it", () => {
    expect(address("/a/{id}/b", { path: { id: "x/../y?z" }, query: { q: "ü & ?" } })).toBe(
      "/a/x%2F..%2Fy%3Fz/b?q=%C3%BC+%26+%3F",
    );
  });

  it("knows which address answers what", () => {
    const read = <T>(at: AddressOf<"/api/v1/", "get", T>): string => at;
    expect(read<Board>("board")).toBe("board");
    expect(read<Detail>(`conversations/${id}`)).toContain(id);
    // @ts-expect-error the board is no conversation
    expect(read<Detail>("board")).toBe("board");
    // @ts-expect-error there is no such address
    expect(read<Board>("boards")).toBe("boards");
    expect(read<Board>(assembled("anything"))).toBe("anything");
  });
});
