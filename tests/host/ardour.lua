-- SPDX-License-Identifier: ISC
-- What tests/hosts_ardour.py asks of ardour7-lua, Ardour without its window:
--   ardour.lua track  SESSION            add a mono track
--   ardour.lua midi   SESSION            add a MIDI track
--   ardour.lua insert SESSION URI PRESET put the plugin on it, load, save
--   ardour.lua set    SESSION LABEL VALUE turn a control of it, save
--   ardour.lua show   SESSION            print the plugin's controls
--   ardour.lua export SESSION FOLDER ID  render the session by export preset ID
-- Prints DONE at the end: ardour7-lua itself ends with 0 whatever happened.

local verb, folder = arg[1], arg[2]
local rate, block = 48000, 256

local function wait (seconds)
  ARDOUR.LuaAPI.usleep (seconds * 1000000)
end

local function add_track (session)
  local tracks = session:new_audio_track (1, 1, nil, 1, "T",
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
  for track in tracks:iter () do -- Its own connecting may come after saving
    track:output ():audio (0):connect ("Master/audio_in 1")
  end
end

local function add_midi_track (session)
  local one = ARDOUR.ChanCount (ARDOUR.DataType ("midi"), 1)
  session:new_midi_track (one, one, true, ARDOUR.PluginInfo (), nil, nil, 1,
    "T", ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
end

local function processor_of (session)
  local processor = session:route_by_name ("T"):nth_plugin (0)
  assert (not processor:isnil (), "no plugin on the track")
  return processor
end

local function plugin_of (session)
  return processor_of (session):to_insert ():plugin (0)
end

local function insert (session, uri, preset)
  local processor = ARDOUR.LuaAPI.new_plugin (session, uri,
    ARDOUR.PluginType.LV2, "")
  assert (not processor:isnil (), "Ardour cannot open " .. uri)
  local track = session:route_by_name ("T")
  assert (track:add_processor_by_index (processor, 0, nil, true) == 0)
  wait (1) -- Ardour 7.3 may crash on a preset right after the insertion
  local plugin = plugin_of (session)
  local record = plugin:preset_by_uri (preset)
  assert (record and plugin:load_preset (record), "no preset " .. preset)
  wait (1)
end

-- Call f (label, n) for every control input, the n-th as Ardour counts: it
-- counts outputs as well
local function each_control (session, f)
  local plugin, n = plugin_of (session), 0
  for i = 0, plugin:parameter_count () - 1 do
    if plugin:parameter_is_control (i) then
      if plugin:parameter_is_input (i) then
        f (plugin:parameter_label (i), n)
      end
      n = n + 1
    end
  end
end

local function set (session, label, value)
  local done = false
  each_control (session, function (name, n)
    if name == label then
      done = ARDOUR.LuaAPI.set_processor_param (processor_of (session), n,
        value)
    end
  end)
  assert (done, "cannot set " .. label)
  wait (1)
end

local function show (session)
  each_control (session, function (label, n)
    print ("CONTROL", label,
      (ARDOUR.LuaAPI.get_processor_param (processor_of (session), n, true)))
  end)
end

local function export (session, target, preset)
  local job = session:simple_export ()
  assert (job:set_preset (preset), "no export preset")
  job:set_folder (target)
  job:set_name ("export")
  job:set_range (session:current_start_sample (),
    session:current_end_sample ())
  assert (job:check_outputs () and job:run_export (), "export failed")
end

local session

local function main ()
  assert (not AudioEngine:set_backend ("None (Dummy)", "", ""):isnil ())
  AudioEngine:set_sample_rate (rate)
  AudioEngine:set_buffer_size (block)
  assert (AudioEngine:start () == 0, "the engine does not start")
  session = load_session (folder, "session")
  assert (session, "no session in " .. folder)
  if verb == "track" then
    add_track (session)
  elseif verb == "midi" then
    add_midi_track (session)
  elseif verb == "insert" then
    insert (session, arg[3], arg[4])
    show (session)
  elseif verb == "set" then
    wait (1)
    set (session, arg[3], tonumber (arg[4]))
    show (session)
  elseif verb == "show" then
    wait (1)
    show (session)
  else
    wait (1) -- Exporting at once may hang
    export (session, arg[3], arg[4])
    print ("EXPORTED")
    io.stdout:flush ()
  end
  if verb ~= "show" and verb ~= "export" then
    assert (session:save_state ("", false, false, false, false, false) == 0)
  end
end

local good, reason = xpcall (main, debug.traceback)
if not good then
  print (reason)
end
collectgarbage () -- References to the plugin must go before the session does
collectgarbage ()
if session then
  close_session ()
end
AudioEngine:stop ()
if good then
  print ("DONE")
end
io.stdout:flush ()
os.exit (good and 0 or 1)
