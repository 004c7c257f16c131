"""A conversational recommender on Descant: a language model decides, Descant searches.

    python recommender.py http://127.0.0.1:8080

The model here is a scripted one, so that the example runs anywhere: it reads the same tools and makes the same calls as a real one would. In its place goes
a call of your model's chat interface with `tools` as they come from /v1/tools.json; the loop stays as it is.
"""

import json
import sys
import urllib.request

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"


def fetch(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


class ScriptedModel:
    """Stands for the language model: sees the listener's words and the last tool's reply, answers with a tool call or with words."""

    def __init__(self, tools):
        self.names = {tool["function"]["name"] for tool in tools}
        self.state = None

    def reply(self, said, result):
        if result is None:
            if self.state is None:
                return {"call": "search_music", "arguments": {"request": said, "limit": 5}}
            if said.startswith("why "):
                return {"call": "explain_track", "arguments": {"track": said.removeprefix("why "), "state": self.state}}
            # Everything else that a listener says about an answer is a critique: it goes on in their own words.
            return {"call": "refine_search", "arguments": {"state": self.state, "critique": said, "limit": 5}}
        # The latest state is all that has to be remembered; it holds the whole conversation.
        self.state = result.get("state", self.state)
        return {"say": result["say"], "tracks": result.get("tracks", [])}


def run_tool(name, arguments):
    """A call as the model made it, by MCP over HTTP. A fault comes back as text, for the model to mend."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    result = fetch("/mcp", message)["result"]
    if result["isError"]:
        return {"say": result["content"][0]["text"]}
    return result["structuredContent"]


def converse(listener):
    model = ScriptedModel(fetch("/v1/tools.json"))
    for said in listener:
        print(f"\nlistener: {said}")
        turn = model.reply(said, None)
        while "call" in turn:
            assert turn["call"] in model.names
            turn = model.reply(said, run_tool(turn["call"], turn["arguments"]))
        print(f"recommender: {turn['say']}")
        for track in turn["tracks"]:
            print(f"  {track['rank']}. {track['title']} – {track['artist']}  ({', '.join(track['why'])})")


converse(["something jazzy and happy for a walk", "calmer, please", "no vocals", "like the second one", "undo", "why Song <1>"])
