"""Drives the MCP server with the client of the `mcp` package, over standard input and over HTTP.

    python Benchmarks/service/mcp_client.py -- bin/descant mcp --library LIBRARY
    python Benchmarks/service/mcp_client.py --url http://127.0.0.1:8080/mcp

Holds the six tools to what the client itself checks (schemas of arguments and of structured replies) and to each other. Exits with 1 on the first fault.
"""

import argparse
import asyncio
import json
import sys
from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

TOOLS = ["search_music", "refine_search", "find_similar", "explain_track", "list_descriptors", "export_playlist"]


@asynccontextmanager
async def connect(arguments):
    if arguments.url:
        async with streamable_http_client(arguments.url) as (read, write):
            yield read, write
    else:
        command = StdioServerParameters(command=arguments.command[0], args=arguments.command[1:], env=None)
        async with stdio_client(command) as (read, write):
            yield read, write


def content(result):
    """What the client validated against the tool's output schema; the text must say the same."""
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def drive(session, request):
    greeting = await session.initialize()
    assert greeting.server_info.name == "descant", greeting
    tools = (await session.list_tools()).tools
    assert [tool.name for tool in tools] == TOOLS, [tool.name for tool in tools]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)

    found = content(await session.call_tool("search_music", {"request": request, "limit": 5}))
    assert found["tracks"] and len(found["tracks"]) <= 5 and found["say"], found
    refined = content(await session.call_tool("refine_search", {"state": found["state"], "critique": "more upbeat, like the first one"}))
    assert refined["changes"] and refined["state"] != found["state"], refined
    undone = content(await session.call_tool("refine_search", {"state": refined["state"], "critique": "undo", "limit": 5}))
    assert undone["state"] == found["state"] and undone["tracks"] == found["tracks"]
    track = found["tracks"][0]["id"]
    similar = content(await session.call_tool("find_similar", {"track": track, "limit": 3}))
    assert track not in [hit["id"] for hit in similar["tracks"]]
    verdict = content(await session.call_tool("explain_track", {"track": track, "state": found["state"]}))
    assert verdict["isFound"] and verdict["rank"] == 1, verdict
    words = content(await session.call_tool("list_descriptors", {"facet": "mood", "limit": 3}))
    assert len(words["descriptors"]) == 3
    playlist = content(await session.call_tool("export_playlist", {"state": found["state"], "format": "xspf"}))
    assert playlist["text"].startswith("<?xml")

    for tool, wrong in [("search_music", {"request": request, "limit": 99}), ("explain_track", {"track": "nobody", "state": found["state"]})]:
        refused = await session.call_tool(tool, wrong)
        assert refused.is_error and refused.content[0].text, refused
    return found


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url")
    parser.add_argument("--request", default="happy piano")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    async with connect(arguments) as (read, write):
        async with ClientSession(read, write) as session:
            found = await drive(session, arguments.request)
    print(f"six tools over {'HTTP' if arguments.url else 'standard input'}: all as the client expects; first answer {len(json.dumps(found))} bytes")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
