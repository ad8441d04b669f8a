/** The little of a browser's document that the sandbox's page uses. */
export interface Dom {
  readonly document: object;
  byId(id: string): Node;
}

export class Node {
  readonly tag: string;
  readonly children: Node[] = [];
  readonly dataset: Record<string, string> = {};
  readonly labels = new Map<string, string>();
  parent: Node | null = null;
  own = '';
  value = '';
  id = '';
  onclick: ((event?: object) => unknown) | null = null;
  onsubmit: ((event?: object) => unknown) | null = null;
  oninput: (() => unknown) | null = null;
  readonly focused: (node: Node) => void;
  constructor(tag: string, focused: (node: Node) => void) {
    this.tag = tag;
    this.focused = focused;
  }
  get textContent(): string {
    return this.own + this.children.map((child) => child.textContent).join(' ');
  }
  set textContent(text: string) {
    this.children.length = 0;
    this.own = text;
  }
  append(child: Node): void {
    child.parent = this;
    this.children.push(child);
  }
  prepend(child: Node): void {
    child.parent = this;
    this.children.unshift(child);
  }
  replaceChildren(): void {
    this.textContent = '';
  }
  remove(): void {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
  }
  setAttribute(name: string, text: string): void {
    this.labels.set(name, text);
  }
  focus(): void {
    this.focused(this);
  }
  all(): Node[] {
    return this.children.flatMap((child) => [child, ...child.all()]);
  }
  contains(node: Node): boolean {
    return node === this || this.all().includes(node);
  }
  querySelectorAll(tag: string): Node[] {
    return this.all().filter((node) => node.tag === tag);
  }
  /** The first node within that bears this label or id, else this text. Raises Error when there is none. */
  find(name: string): Node {
    const all = this.all();
    const found =
      all.find((node) => node.labels.get('aria-label') === name || node.id === name) ??
      all.find((node) => node.own === name);
    if (!found) throw new Error(`Nothing is called ${name} in: ${this.textContent}`);
    return found;
  }
  /** What a person types into the field. */
  type(text: string): void {
    this.value = text;
    this.oninput?.();
  }
}

export function createDom(): Dom {
  const nodes = new Map<string, Node>();
  const root = new Node('body', () => {});
  const document = {
    activeElement: root,
    createElement: (tag: string) => new Node(tag, focused),
    getElementById: byId,
    querySelectorAll: (tag: string) => root.querySelectorAll(tag),
  };
  function focused(node: Node): void {
    document.activeElement = node;
  }
  function byId(id: string): Node {
    const known = nodes.get(id) ?? new Node('div', focused);
    if (!nodes.has(id)) root.append(known);
    nodes.set(id, known);
    return known;
  }
  return { document, byId };
}
