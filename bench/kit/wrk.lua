-- wrk … -- FILE: each line of FILE is one request, "body TAB header TAB header …". They are sent in turn.
-- BENCH_PORTS="8000 8001": each thread loads the next one of these ports of loopback.
local requests, next_one, threads = {}, 0, 0

function setup(thread)
  local ports = {}
  for port in (os.getenv("BENCH_PORTS") or ""):gmatch("%d+") do ports[#ports + 1] = port end
  if #ports > 0 then
    thread.addr = wrk.lookup("127.0.0.1", ports[threads % #ports + 1])[1]
  end
  threads = threads + 1
end

function init(args)
  for line in io.lines(args[1]) do
    local headers = { ["Content-Type"] = "application/json" }
    for name, value in line:gmatch("\t([^:\t]+):%s*([^\t]*)") do
      headers[name] = value
    end
    local body = line:match("^[^\t]*")
    requests[#requests + 1] = wrk.format("POST", nil, headers, body)
  end
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), errors.status + errors.connect + errors.read + errors.timeout))
end
