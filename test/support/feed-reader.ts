/** One event as a browser's EventSource sees it. */
export interface ServerEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows a feed until `isEnough`, or until the server ends it. @returns what came, and whether the server ended it. */
export async function follow(
  url: string,
  token: string,
  options: {
    readonly lastEventId?: string | undefined;
    readonly isEnough?: (events: readonly ServerEvent[]) => boolean;
  } = {},
): Promise<{ readonly status: number; readonly events: ServerEvent[]; readonly ended: boolean }> {
  const { lastEventId, isEnough = () => false } = options;
  const stop = new AbortController();
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const answer = await fetch(url, { headers, signal: stop.signal });
  const events: ServerEvent[] = [];
  let ended = false;
  try {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.flatMap(parse));
      if (isEnough(events)) {
        break;
      }
    }
    ended = !isEnough(events);
  } catch {
    // Cut.
  } finally {
    stop.abort();
  }
  return { status: answer.status, events, ended };
}

function parse(block: string): ServerEvent[] {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const data = fields.get('data');
  return data === undefined
    ? []
    : [
        {
          id: fields.get('id') ?? '',
          type: fields.get('event') ?? '',
          data: JSON.parse(data) as Record<string, unknown>,
        },
      ];
}
