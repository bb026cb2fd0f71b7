import { render } from "@/app/menu";
import { page, render as renderPage, Site } from "@core";
import { page as buttonPage } from "@/shared/ui/button";

function site(): Site {
  return new Site().add("First page").add("Second");
}

function one(): string {
  return renderPage(page("One")) + buttonPage();
}

console.log(render(site()), one());
