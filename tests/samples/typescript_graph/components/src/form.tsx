import { Fragment, h } from "./runtime";
import { Box as Frame, Button } from "./button";
import * as fields from "./fields";

export interface FormProps {
  title: string;
  names: string[];
}

export default function Form({ title, names }: FormProps) {
  function save() {
    store(title);
  }

  return (
    <Frame>
      <h1>{heading(title)}</h1>
      {names.map((name) => (
        <fields.Field name={name} />
      ))}
      {names.length > 1 ? <Button label="Save all" onPress={save} /> : <Save />}
    </Frame>
  );
}

function Save() {
  return (
    <>
      <Button label="Save" onPress={() => store("one")} />
      <fields.Toggle on={true} />
    </>
  );
}

function heading(title: string): string {
  return title.toUpperCase();
}

function store(title: string): string {
  return title;
}
