import type { Bars } from '../charts/bars.js';
import type { Columns } from '../charts/columns.js';
import type { Flow } from '../charts/flow.js';
import type { Spans } from '../charts/spans.js';
import type { StatusTag } from './status-tag.js';

/** What a cell of a table, or the value of a summary, shows: the first of tag, link, day, instant and text that it has. */
export interface Cell {
  readonly text?: string;
  readonly href?: string;
  readonly tag?: StatusTag;
  /** A London day, `YYYY-MM-DD`. */
  readonly day?: string | null;
  readonly instant?: string | Date | null;
  /** Smaller, under it. */
  readonly notes?: readonly string[];
}

interface Column {
  readonly text: string;
  readonly numeric?: boolean;
  /** Every table that is whole gets it on its way to the page. */
  readonly sort?: SortLink;
}

/** Where the rows are sorted by a column, and how they are now. */
export interface SortLink {
  readonly href: string;
  readonly state: 'ascending' | 'descending' | 'none';
}

export interface SummaryRow {
  readonly key: string;
  readonly value: Cell;
}

export interface PageLink {
  readonly text: string;
  readonly href: string;
}

/** A link that looks like a button: to the page that does it, or asks whether to. */
export interface ActionLink extends PageLink {
  readonly kind?: 'secondary' | 'warning';
}

/** One part of a page, drawn by `page.njk`. */
export type Block =
  | { readonly kind: 'text' | 'lead' | 'inset' | 'warning'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string; readonly id?: string }
  | { readonly kind: 'list'; readonly items: readonly Cell[] }
  | { readonly kind: 'summary'; readonly rows: readonly SummaryRow[] }
  | {
      readonly kind: 'table';
      readonly id: string;
      readonly title: string;
      readonly isTitleHidden?: boolean;
      /** How the rows come; unsaid where it goes without saying. */
      readonly order?: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      /** What to do when there is nothing. */
      readonly empty: string;
      readonly first?: string | undefined;
      readonly next?: string | undefined;
    }
  | {
      readonly kind: 'timeline';
      readonly items: readonly {
        readonly title: string;
        readonly instant: string | Date;
        readonly by?: string | undefined;
        readonly text?: string | undefined;
        readonly href?: string | undefined;
        readonly notes?: readonly string[];
      }[];
    }
  | {
      readonly kind: 'tasks';
      readonly id: string;
      readonly items: readonly {
        readonly text: string;
        readonly href?: string | undefined;
        readonly hint?: string | undefined;
        readonly status: string;
        readonly tag?: StatusTag | undefined;
      }[];
    }
  | {
      readonly kind: 'chart';
      readonly chart: Bars | Columns | Flow | Spans;
      readonly empty: string;
    }
  | { readonly kind: 'code'; readonly id: string; readonly title: string; readonly text: string }
  | {
      readonly kind: 'progress';
      readonly id: string;
      readonly label: string;
      readonly share: number;
    }
  | { readonly kind: 'actions'; readonly links: readonly ActionLink[] }
  /** Does what is harmless, and can be done again, at once. */
  | {
      readonly kind: 'post';
      readonly action: string;
      readonly button: string;
      readonly isSecondary?: boolean;
      readonly hidden?: Readonly<Record<string, string>>;
    }
  /** Asks with what is typed, as the query of the page's own address. */
  | {
      readonly kind: 'filter';
      readonly action: string;
      readonly button: string;
      readonly fields: readonly Field[];
    };

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly hint?: { readonly text: string };
}

/** A field of a form, drawn by `forms.njk`; what it is called stands in the form's labels. */
export type Field =
  | {
      readonly type: 'text' | 'secret' | 'day';
      readonly name: string;
      readonly hint?: string;
      readonly classes?: string;
      readonly suffix?: { readonly text: string };
    }
  | {
      readonly type: 'area';
      readonly name: string;
      readonly hint?: string;
      readonly rows?: number;
      readonly maxWords?: number;
      readonly maxLength?: number;
    }
  | {
      readonly type: 'select' | 'radio' | 'checkbox';
      readonly name: string;
      readonly hint?: string;
      readonly items: readonly Choice[];
    }
  | { readonly type: 'hidden'; readonly name: string; readonly value: string }
  | { readonly type: 'heading' | 'note'; readonly text: string };

/** A page of blocks. */
export interface PageModel {
  readonly title: string;
  readonly trail?: readonly PageLink[];
  readonly tag?: StatusTag | undefined;
  /** Pages of the same thing. */
  readonly tabs?: {
    readonly label: string;
    readonly items: readonly (PageLink & { readonly active: boolean })[];
  };
  readonly blocks: readonly Block[];
}

/** A page that asks, then does: what it says first, its fields and its button. */
export interface FormModel {
  readonly title: string;
  readonly trail?: readonly PageLink[];
  readonly blocks?: readonly Block[];
  readonly fields: readonly Field[];
  readonly action: string;
  readonly button: string;
  readonly isWarning?: boolean;
  /** Further buttons of the same form: each sends `name=value`. */
  readonly others?: readonly {
    readonly name: string;
    readonly value: string;
    readonly text: string;
  }[];
}

export const PAGE = 'platform/web/views/page.njk';
export const FORM = 'platform/web/views/form.njk';
