import { h, type Node } from "./runtime";

interface ButtonProps {
  label: string;
  disabled?: boolean;
  onPress?: () => void;
}

export function Button({ label, disabled = false, onPress }: ButtonProps) {
  const press = () => {
    if (!disabled) {
      onPress?.();
    }
  };
  return (
    <button onClick={press} disabled={disabled}>
      <Icon name={iconOf(label)} />
      {label}
    </button>
  );
}

export const Icon = ({ name }: { name: string }) => <i>{name}</i>;

export function Box({ children }: { children?: Node }) {
  return <div>{children}</div>;
}

function iconOf(label: string): string {
  return label[0];
}
