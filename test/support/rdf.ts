import { readFileSync } from 'node:fs';
import jsonld from 'jsonld';
import { Parser, Store, type Quad } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';

/** What a JSON-LD document says, as an RDF library reads it. No context is fetched: one that is not in it is an error. */
export async function quadsOf(document: object): Promise<Store> {
  const text = (await jsonld.toRDF(document, {
    format: 'application/n-quads',
    documentLoader: (url: string) => Promise.reject(new Error(`A context elsewhere: ${url}`)),
  })) as string;
  return new Store(new Parser({ format: 'N-Quads' }).parse(text));
}

/** Checks a graph against SHACL shapes. @param file in Turtle. @returns each violation in words. */
export async function violationsOf(graph: Store, file: string): Promise<readonly string[]> {
  const shapes = new Store(new Parser().parse(readFileSync(file, 'utf8')));
  const validator = new SHACLValidator(shapes);
  const { results } = await validator.validate(graph);
  return results.map(
    ({ path, focusNode, message }) =>
      `${focusNode.value} ${path.value}: ${message.map(({ value }) => value).join()}`,
  );
}

export function objectsOf(graph: Store, predicate: string): readonly string[] {
  return graph.getQuads(null, predicate, null, null).map((quad: Quad) => quad.object.value);
}
