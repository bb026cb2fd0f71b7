// As much of a UI library as the sample needs: elements, and rendering to text.
export type Node = Element | string | number | boolean | null | undefined | Node[];

export interface Element {
  type: unknown;
  props: Record<string, unknown>;
  children: Node[];
}

export abstract class Component<P> {
  constructor(readonly props: P) {}

  abstract render(): Element;
}

export const Fragment = "fragment";

export function h(type: unknown, props: Record<string, unknown> | null, ...children: Node[]): Element {
  return { type, props: props ?? {}, children };
}

export function render(node: Node): string {
  if (Array.isArray(node)) {
    return node.map((child) => render(child)).join("");
  }
  if (node === null || typeof node !== "object") {
    return text(node);
  }
  return renderElement(node);
}

function renderElement(element: Element): string {
  const { type, props, children } = element;
  if (typeof type === "string") {
    return `<${type}>${render(children)}</${type}>`;
  }
  const given = { ...props, children };
  const make = type as any;
  return render(make.prototype?.render ? new make(given).render() : make(given));
}

function text(value: string | number | boolean | null | undefined): string {
  return value === null || value === undefined || typeof value === "boolean" ? "" : String(value);
}

declare global {
  namespace JSX {
    type Element = import("./runtime").Element;
    type ElementClass = Component<any>;
    interface ElementAttributesProperty {
      props: {};
    }
    interface ElementChildrenAttribute {
      children: {};
    }
    interface IntrinsicElements {
      [name: string]: any;
    }
  }
}
