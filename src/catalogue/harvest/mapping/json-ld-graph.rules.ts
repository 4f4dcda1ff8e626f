import { contextFault, iri, readTerms, type Terms } from './json-ld-terms.rules.js';
import { listOf, membersOf, plainText, type Members } from './plain-text.rules.js';

type Name = Parameters<typeof iri>[0];

interface Literal {
  readonly text: string;
  readonly language: string | undefined;
}
type Value = Literal | { readonly id: string };

/** Of one thing, more are not looked at. */
const MAX_VALUES = 1_000;

/** What a document says of one thing; where it speaks of others, they are found by their names in the same document. */
export class GraphNode {
  private readonly values = new Map<string, Value[]>();
  readonly types = new Set<string>();

  constructor(
    readonly id: string,
    private readonly graph: ReadonlyMap<string, GraphNode>,
  ) {}

  add(name: string, value: Value): void {
    const values = this.values.get(name) ?? [];
    this.values.set(name, values);
    if (values.length < MAX_VALUES) {
      values.push(value);
    }
  }

  /** Texts, English first; the name of what is named and not described. */
  texts(name: Name): readonly string[] {
    const literals = this.all(name).flatMap((value): readonly Literal[] => {
      if ('text' in value) {
        return [value];
      }
      return isBlank(value.id) ? [] : [{ text: value.id, language: undefined }];
    });
    return [...literals]
      .sort((a, b) => rank(a.language) - rank(b.language))
      .map(({ text }) => text);
  }

  /** The first text of the first of these that has any. */
  text(...names: readonly Name[]): string | undefined {
    return names.flatMap((name) => this.texts(name)[0] ?? [])[0];
  }

  /** Names of things, and texts that stand for such. */
  ids(name: Name): readonly string[] {
    return this.all(name).map((value) => ('text' in value ? value.text : value.id));
  }

  nodes(name: Name): readonly GraphNode[] {
    return this.all(name).flatMap((value) =>
      'text' in value ? [] : (this.graph.get(value.id) ?? []),
    );
  }

  is(name: Name): boolean {
    return this.types.has(iri(name));
  }

  get isNamed(): boolean {
    return !isBlank(this.id);
  }

  private all(name: Name): readonly Value[] {
    return this.values.get(iri(name)) ?? [];
  }
}

/** The things that a JSON-LD document speaks of, by name, in their order. @returns why it is not read, else them. */
export function readGraph(document: unknown): ReadonlyMap<string, GraphNode> | { fault: string } {
  const context = membersOf(document)['@context'];
  const fault = contextFault(context);
  if (fault !== undefined) {
    return { fault };
  }
  const reader = new GraphReader(readTerms(context));
  reader.readAll(document);
  return reader.graph;
}

class GraphReader {
  readonly graph = new Map<string, GraphNode>();
  private blanks = 0;

  constructor(private readonly terms: Terms) {}

  readAll(document: unknown): void {
    for (const one of listOf(document)) {
      const { '@graph': graph, ...node } = membersOf(one);
      for (const inner of listOf(graph)) {
        this.readNode(membersOf(inner));
      }
      if (Object.keys(node).some((name) => !name.startsWith('@'))) {
        this.readNode(node);
      }
    }
  }

  private readNode(members: Members): GraphNode {
    const node = this.nodeOf(plainText(this.terms.keyword(members, '@id')));
    for (const type of listOf(this.terms.keyword(members, '@type'))) {
      node.types.add(this.terms.iriOf(plainText(type) ?? ''));
    }
    for (const [name, value] of Object.entries(members)) {
      if (!name.startsWith('@')) {
        const property = this.terms.iriOf(name);
        this.valuesOf(value).forEach((one) => {
          node.add(property, one);
        });
      }
    }
    return node;
  }

  private nodeOf(id: string | undefined): GraphNode {
    const name = id === undefined ? `_:concordat-${String((this.blanks += 1))}` : this.idOf(id);
    const node = this.graph.get(name) ?? new GraphNode(name, this.graph);
    this.graph.set(name, node);
    return node;
  }

  // Names of things may be shortened by a prefix as those of properties are, and by nothing else.
  private idOf(id: string): string {
    return isBlank(id) || !id.includes(':') ? id : this.terms.iriOf(id);
  }

  private valuesOf(value: unknown): readonly Value[] {
    return listOf(value).flatMap((one): readonly Value[] => {
      const text = typeof one === 'boolean' ? String(one) : plainText(one);
      if (text !== undefined) {
        return [{ text, language: undefined }];
      }
      const members = membersOf(one);
      const { '@value': literal, '@language': language, '@list': list, '@set': set } = members;
      if (literal !== undefined) {
        const said = plainText(literal);
        return said === undefined ? [] : [{ text: said, language: plainText(language) }];
      }
      if (list !== undefined || set !== undefined) {
        return this.valuesOf(list ?? set);
      }
      return this.reference(members);
    });
  }

  private reference(members: Members): readonly Value[] {
    const id = plainText(this.terms.keyword(members, '@id'));
    const names = Object.keys(members);
    if (names.length === 0) {
      return [];
    }
    return id !== undefined && names.length === 1
      ? [{ id: this.idOf(id) }]
      : [{ id: this.readNode(members).id }];
  }
}

function isBlank(id: string): boolean {
  return id.startsWith('_:');
}

function rank(language: string | undefined): number {
  return language === undefined ? 1 : /^en(-|$)/i.test(language) ? 0 : 2;
}
