export function start(name) {
  return `start ${name}`;
}

export function stop(name) {
  return `stop ${name}`;
}

export function help() {
  return "start or stop";
}

export const table = { start, stop };

export function run(command, name) {
  const action = table[command] ?? help;
  return action(name);
}

export function runStrictly(command, name) {
  return table[command](name);
}
