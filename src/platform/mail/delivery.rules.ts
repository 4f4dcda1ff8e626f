const MINUTE_MS = 60_000;
const MAX_DELAY_MINUTES = 360;

/** About a day of trying, with the delays of `retryDelayMs`. */
export const MAX_ATTEMPTS = 12;

/** How long after its nth attempt a mail is tried again: 1, 2, 4, … minutes, at most 6 hours. */
export function retryDelayMs(attempts: number): number {
  return Math.min(2 ** (attempts - 1), MAX_DELAY_MINUTES) * MINUTE_MS;
}

/** What a failed attempt says about the next one. */
export interface Fault {
  /** The client's error code and the server's reply code; neither names anybody. */
  readonly code: string;
  /** The server took the connection and refuses this mail for good. */
  readonly isFinal: boolean;
  /** The server itself is the trouble: the next mail would fail in the same way. */
  readonly isOfServer: boolean;
}

const REFUSING_COMMANDS = ['MAIL FROM', 'RCPT TO', 'DATA'];

/** Reads a fault from what nodemailer throws. RFC 5321 section 4.2.1: 5yz is permanent, 4yz transient. */
export function faultOf(error: unknown): Fault {
  const { code, responseCode, command } = fieldsOf(error);
  const isReply = command !== undefined && REFUSING_COMMANDS.includes(command);
  const codes = [code ?? 'unknown', ...(responseCode === undefined ? [] : [String(responseCode)])];
  return {
    code: codes.join(' '),
    isFinal: isReply && responseCode !== undefined && responseCode >= 500,
    isOfServer: !isReply,
  };
}

function fieldsOf(error: unknown): {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly command: string | undefined;
} {
  const { code, responseCode, command } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : undefined,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    command: typeof command === 'string' ? command : undefined,
  };
}
