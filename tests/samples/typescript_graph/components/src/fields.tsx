import { Component, h } from "./runtime";

export function Field({ name }: { name: string }) {
  return (
    <label>
      {name}
      <Icon of={name} />
    </label>
  );
}

// Not the icon of the buttons.
function Icon({ of }: { of: string }) {
  return <b>{of.length}</b>;
}

export class Toggle extends Component<{ on: boolean }> {
  private state = "off";

  render() {
    this.turn();
    return <em onClick={() => this.turn()}>{this.label()}</em>;
  }

  private turn(): void {
    this.state = this.props.on ? "on" : "off";
  }

  private label(): string {
    return this.state;
  }
}

export class Panel extends Component<{ title: string }> {
  constructor(props: { title: string }) {
    super(props);
  }

  render() {
    const Title = () => <h2>{this.props.title}</h2>;
    return (
      <section>
        <Title />
        <Toggle on={false} />
      </section>
    );
  }
}
