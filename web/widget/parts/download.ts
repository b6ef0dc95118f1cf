/** Bytes from the hub that only the chat's token opens, handed to the browser as a file. */
import { asProblem, HubError } from "../../shared/problem.ts";
import type { Session } from "../session.ts";

export async function bytesOf(session: Session, path: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(session.address(path), { headers: session.headers() });
  } catch {
    throw new HubError({ code: "unreachable", title: "" });
  }
  if (answer.ok) return answer.blob();
  const problem = (await answer.json().catch(() => ({}))) as { code?: string };
  throw new HubError({ code: problem.code ?? `http_${answer.status}`, title: "", status: answer.status });
}

export async function download(session: Session, path: string, name: string): Promise<void> {
  try {
    save(await bytesOf(session, path), name);
  } catch (error) {
    session.problem.v = asProblem(error);
  }
}

export function save(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
