import { Team, type User } from "./entities.js";
import { type Repository, Teams, Users } from "./repository.js";

export interface Repositories {
  users: Users;
  teams: Teams;
}

export interface Clock {
  now(): number;
}

export class Service {
  constructor(
    private readonly repositories: Repositories,
    readonly clock: Clock,
  ) {}

  async join(user: number, team: number): Promise<string> {
    const { users, teams } = this.repositories;
    const joined = await teams.find(team);
    joined.join(await users.find(user));
    await teams.save(joined);
    return joined.label();
  }

  async rename(id: number): Promise<string> {
    const renamed = await this.repositories.users.rename(id, String(this.clock.now()));
    return renamed.label();
  }

  async find(name: string): Promise<User | undefined> {
    return this.repositories.users.byName(name);
  }

  async labels(): Promise<string[]> {
    const users = await Promise.all([1, 2].map((id) => this.repositories.users.find(id)));
    return users.map((user) => user.label());
  }
}

export async function first<R extends Repository<any>>(repository: R): Promise<string> {
  const entity = await repository.find(1);
  return entity.label();
}

export function build(clock: Clock): Service {
  const teams = new Teams((id) => new Team(id));
  return new Service({ users: new Users(), teams }, clock);
}
