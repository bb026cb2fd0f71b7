"""Crawl with it."""

import asyncio

from net.client import Connection, ask, hosts, opened, pages, session


async def crawl(host):
    async with Connection(host) as connection:
        response = await ask(connection)
        body = response.decode_body()
        return [page async for page in pages(connection, 2)], body


async def both(host):
    async with session(host):
        return await asyncio.gather(crawl(host), crawl(host))


def check(host):
    with Connection(host) as connection:
        return connection.ping()


def check_quickly(host):
    with opened(host) as connection, Connection(host):
        return connection is not None


def main():
    for host in hosts():
        check(host)
    return asyncio.run(both("localhost"))


def lengths():
    return sum(len(host) for host in hosts() if check_quickly(host))
