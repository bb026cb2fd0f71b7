export interface Entity {
  readonly id: number;
  label(): string;
}

export class User implements Entity {
  constructor(
    readonly id: number,
    readonly name: string,
  ) {}

  label(): string {
    return this.name;
  }

  rename(name: string): User {
    return new User(this.id, name);
  }
}

export class Team implements Entity {
  readonly members: User[] = [];

  constructor(readonly id: number) {}

  label(): string {
    return this.members.map((member) => member.label()).join(" & ");
  }

  join(user: User): this {
    this.members.push(user);
    return this;
  }
}
