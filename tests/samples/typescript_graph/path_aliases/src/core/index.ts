import { slug } from "@/shared/text";

export interface Page {
  title: string;
  path: string;
}

export function page(title: string): Page {
  return { title, path: slug(title) };
}

export function render(made: Page): string {
  return `${made.path}: ${made.title}`;
}

export class Site {
  readonly pages: Page[] = [];

  add(title: string): this {
    this.pages.push(page(title));
    return this;
  }

  render(): string[] {
    return this.pages.map((made) => render(made));
  }
}
