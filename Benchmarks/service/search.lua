-- A mix of requests for wrk: one to three words of the library's own vocabulary, drawn with a seed; no two runs of a thread ask in another order.
--   wrk -t2 -c16 -d30s --latency -s Benchmarks/service/search.lua http://127.0.0.1:8080
local genres = {"rock", "pop", "electronic", "ambient", "jazz", "classical", "hip hop", "folk", "metal", "techno", "house", "blues", "country", "soul",
  "funk", "reggae", "trance", "punk", "indie", "world", "new age", "lounge", "soundtrack", "experimental", "dance", "chillout", "latin", "swing"}
local moods = {"happy", "sad", "calm", "energetic", "dark", "romantic", "upbeat", "melancholic", "dreamy", "relaxing", "aggressive", "hopeful", "epic",
  "dramatic", "inspiring", "meditative", "uplifting", "fun", "emotional", "powerful", "soft", "cool"}
local instruments = {"piano", "guitar", "violin", "drums", "synthesizer", "bass", "cello", "flute", "acoustic guitar", "electric guitar", "strings",
  "saxophone", "trumpet", "harmonica", "harp", "organ", "accordion", "voice", "percussion", "keyboard"}
local themes = {"for studying", "for a film", "for advertising", "for a party", "for christmas", "for the summer", "for sleeping", "for a game"}
local counter = 0

function setup(thread)
  counter = counter + 1
  thread:set("seed", counter)
end

function init(args)
  math.randomseed(seed)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local words = {moods[math.random(#moods)], genres[math.random(#genres)]}
  if math.random() < 0.5 then words[#words + 1] = "with " .. instruments[math.random(#instruments)] end
  if math.random() < 0.3 then words[#words + 1] = themes[math.random(#themes)] end
  if math.random() < 0.2 then words[#words + 1] = "no " .. instruments[math.random(#instruments)] end
  return wrk.format(nil, "/v1/search", nil, '{"text":"' .. table.concat(words, " ") .. '"}')
end

function response(status, headers, body)
  if status ~= 200 then print(status, body) end
end
