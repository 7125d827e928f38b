%% What the Erlang cases share: arguments, the clock, the line for the driver, a random that draws alike for every peer.
-module(rig).
-export([main/1, now_ns/0, print/1, print/2, rate/2, per/2, need/2, collect/1, random/1]).

%% erl -noshell -s rig main MODULE FUNCTION NUMBER...
main([Module, Function | Numbers]) ->
    try
        apply(Module, Function, [list_to_integer(atom_to_list(N)) || N <- Numbers]),
        init:stop()
    catch
        Class:Reason:Stack ->
            io:format(standard_error, "~p ~p ~p~n", [Class, Reason, Stack]),
            halt(1)
    end.

now_ns() ->
    erlang:monotonic_time(nanosecond).

print(Value) ->
    io:format("{\"value\": ~w}~n", [float(Value)]).

print(Value, {Key, Other}) ->
    io:format("{\"value\": ~w, \"~s\": ~w}~n", [float(Value), Key, float(Other)]).

%% Million a second; ns for each.
rate(Count, BeginNs) ->
    Count * 1000 / (now_ns() - BeginNs).

per(Count, BeginNs) ->
    (now_ns() - BeginNs) / Count.

need(true, _Words) -> ok;
need(false, Words) -> error(Words).

%% Wait until that many processes have said done.
collect(0) -> ok;
collect(Count) -> receive done -> collect(Count - 1) end.

random(State0) ->
    State1 = (State0 bxor (State0 bsl 13)) band 16#ffffffffffffffff,
    State2 = State1 bxor (State1 bsr 7),
    (State2 bxor (State2 bsl 17)) band 16#ffffffffffffffff.
