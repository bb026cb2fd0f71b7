import { log as note } from "./api";
import { h, useState } from "./runtime";
import { useCounter, useItems } from "./useItems";

type RowProps = { name: string; onPick: (name: string) => void };

function Row({ name, onPick }: RowProps) {
  const pick = () => onPick(name);
  return <li onClick={pick}>{name}</li>;
}

export function List({ title }: { title: string }) {
  const { items, add } = useItems();
  const { count, increment } = useCounter(items.length);
  const [picked, setPicked] = useState("");

  const log = (name: string) => {
    note(name);
    setPicked(name);
  };

  function addOne() {
    increment();
    add({ id: count, name: describe(title) });
  }

  return (
    <section>
      <Heading text={title} onClick={addOne} />
      {items.map((item) => (
        <Row name={item.name} onPick={(name) => log(name)} />
      ))}
      <Row name={picked} onPick={log} />
    </section>
  );
}

const Heading = ({ text, onClick }: { text: string; onClick(): void }) => <h1 onClick={onClick}>{describe(text)}</h1>;

export function describe(text: string): string {
  return text.trim();
}
