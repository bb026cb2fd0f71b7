import type { Entity } from "./entities.js";
import { User, type Team } from "./entities.js";

export abstract class Repository<T extends Entity> {
  protected readonly rows = new Map<number, T>();

  abstract create(id: number): T;

  async find(id: number): Promise<T> {
    return this.rows.get(id) ?? this.save(this.create(id));
  }

  async save(entity: T): Promise<T> {
    this.rows.set(entity.id, entity);
    this.saved(entity.label());
    return entity;
  }

  protected saved(label: string): void {
    void label;
  }

  *all(): Generator<T> {
    yield* this.rows.values();
  }
}

export class Users extends Repository<User> {
  create(id: number): User {
    return new User(id, `user ${id}`);
  }

  async byName(name: string): Promise<User | undefined> {
    for (const user of this.all()) {
      if (user.label() === name) {
        return user;
      }
    }
    return undefined;
  }

  async rename(id: number, name: string): Promise<User> {
    const user = await this.find(id);
    return this.save(user.rename(name));
  }
}

export class Teams extends Repository<Team> {
  constructor(private readonly make: (id: number) => Team) {
    super();
  }

  create(id: number): Team {
    return this.make(id);
  }
}
