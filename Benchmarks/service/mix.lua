-- Requests of a recorded conversation log (descant bench conversations --log FILE), over and over, for wrk:
--   MIX=talk.jsonl wrk -t2 -c16 -d600s --latency -s Benchmarks/service/mix.lua http://127.0.0.1:8080
-- Every status but 200 is counted as an error and the first is printed.
local lines, position, step = {}, 0, 1
local failures = 0

function setup(thread)
  position = position + 1
  thread:set("first", position)
end

function init(args)
  for line in io.lines(os.getenv("MIX")) do
    local path, body = line:match('^{"path":"(.-)","body":(.*),"reply":')
    if path then lines[#lines + 1] = wrk.format("POST", path, {["Content-Type"] = "application/json"}, body) end
  end
  position = first * 7919
end

function request()
  position = position + 1
  return lines[position % #lines + 1]
end

function response(status, headers, body)
  if status ~= 200 then
    failures = failures + 1
    if failures == 1 then print("status " .. status .. ": " .. body) end
  end
end
