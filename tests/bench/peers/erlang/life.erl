%% Erlang in the shapes of spawn.c, timers.c and idle.c.
-module(life).
-export([spawned/1, arm/1, late/1, idle/1]).

spawned(Count) ->
    Main = self(),
    Before = resident_bytes(),
    Begin = rig:now_ns(),
    Actors = [begin A = spawn(fun() -> newborn(Main) end), A ! {note, 0, I}, A end || I <- lists:seq(1, Count)],
    rig:collect(Count),
    Ns = rig:per(Count, Begin),
    rig:print(Ns, {"bytes", (resident_bytes() - Before) / length(Actors)}).

newborn(Main) ->
    receive {note, _, _} -> Main ! done end,
    newborn(Main).

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Resident | _] = binary:split(Text, <<" ">>, [global]),
    binary_to_integer(Resident) * 4096.

arm(Count) ->
    Far = 3600000,
    _Others = [erlang:send_after(Far + I, self(), other) || I <- lists:seq(1, 1000)],
    Begin = rig:now_ns(),
    arm(Count, Far),
    rig:print(rig:per(Count, Begin)).

arm(0, _Far) -> ok;
arm(Count, Far) ->
    Timer = erlang:send_after(Far, self(), fired),
    rig:need(is_integer(erlang:cancel_timer(Timer)), "timers: it was gone"),
    arm(Count - 1, Far).

%% Erlang's timers count in ms: ten fall due at once.
late(Count) ->
    First = rig:now_ns() + 100000000,
    FirstMs = erlang:monotonic_time(millisecond) + 100,
    [erlang:send_after(FirstMs + I div 10 + 1, self(), {due, First + I * 100000}, [{abs, true}]) || I <- lists:seq(0, Count - 1)],
    Late = lists:sort([receive {due, At} -> (rig:now_ns() - At) / 1000 end || _ <- lists:seq(1, Count)]),
    rig:print(lists:nth(Count * 99 div 100 + 1, Late), {"median", lists:nth(Count div 2 + 1, Late)}).

idle(Count) ->
    Main = self(),
    [spawn(fun() -> newborn(Main) end) ! {note, 0, I} || I <- lists:seq(1, Count)],
    rig:collect(Count),
    io:format("READY~n"),
    wait_end().

wait_end() ->
    case io:get_line("") of
        eof -> ok;
        _ -> wait_end()
    end.
