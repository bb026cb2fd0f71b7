import { h, render } from "./src/runtime";
import { Icon } from "./src/button";
import { Panel } from "./src/fields";
import Form from "./src/form";

function App({ names }: { names: string[] }) {
  const page = <Form title="names" names={names} />;
  return (
    <main>
      {page}
      <Panel title="panel" />
      <Icon name="end" />
    </main>
  );
}

export function Chosen({ as: Tag }: { as: typeof Icon }) {
  return <Tag name="chosen" />;
}

console.log(render(<App names={["a"]} />), render(<App names={["a", "b"]} />), render(<Chosen as={Icon} />));
