-- Readers of a town for wrk: each request is that of a random reader, of a page they reach, after
-- the time that somebody takes to read. Arguments: the file of readers (a cookie, then pages, on
-- each line, between tabs), the shortest and the longest pause in milliseconds.

local readers = {}
local shortest, longest
local threads = {}
other, far = 0, ""

function setup(thread)
    table.insert(threads, thread)
    thread:set("number", #threads)
end

function init(args)
    for line in io.lines(args[1]) do
        local fields = {}
        for field in line:gmatch("[^\t]+") do table.insert(fields, field) end
        table.insert(readers, { cookie = table.remove(fields, 1), pages = fields })
    end
    shortest, longest = tonumber(args[2]), tonumber(args[3])
    math.randomseed(20261126 + number)
end

function delay()
    return math.random(shortest, longest)
end

function request()
    local reader = readers[math.random(#readers)]
    local page = reader.pages[math.random(#reader.pages)]
    return wrk.format("GET", page, {
        ["Cookie"] = reader.cookie,
        ["Accept-Encoding"] = "gzip",
        ["Accept-Language"] = "fr",
    })
end

-- A redirection to the sign-in page is no page.
function response(status, headers, body)
    if status ~= 200 then
        other = other + 1
        far = status .. " " .. (headers["location"] or headers["Location"] or "")
    end
end

function done(summary, latency, requests)
    local others, last = 0, ""
    for _, thread in ipairs(threads) do
        others = others + thread:get("other")
        if thread:get("far") ~= "" then last = thread:get("far") end
    end
    local failed = summary.errors
    io.write(string.format(
        '{"pages": %d, "seconds": %.3f, "bytes": %d, "p50": %.3f, "p90": %.3f, "p99": %.3f, ' ..
        '"max": %.3f, "other": %d, "last": "%s", "cut": %d, "timeouts": %d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
        latency.max / 1e3, others, last,
        failed.connect + failed.read + failed.write, failed.timeout))
end
