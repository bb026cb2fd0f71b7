import { render as button } from "~ui/button";
import { render as icon } from "~ui/icons";
import { Site } from "@core";
import type { Page } from "@/core";
import { trim } from "src/shared/text";

export function menu(site: Site): string[] {
  return site.pages.map((page) => entry(page));
}

function entry(page: Page): string {
  return button(trim(page.title)) + icon("page");
}

export function render(site: Site): string {
  return menu(site).concat(site.render()).join("\n");
}
