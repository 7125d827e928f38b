%% Erlang in the shapes of ping_pong.c and streaming.c.
-module(talk).
-export([ping/1, stream/1]).

ping(Rounds) ->
    Pong = spawn(fun pong/0),
    Main = self(),
    Begin = rig:now_ns(),
    spawn(fun() -> ping(Pong, 0, Rounds, Main) end),
    rig:collect(1),
    rig:print(rig:per(Rounds, Begin)).

ping(_Pong, Rounds, Rounds, Main) ->
    Main ! done;
ping(Pong, Next, Rounds, Main) ->
    Pong ! {note, self(), Next},
    receive {note, _, Number} -> rig:need(Number =:= Next, "ping-pong: another number came") end,
    ping(Pong, Next + 1, Rounds, Main).

pong() ->
    receive {note, From, Number} -> From ! {note, self(), Number} end,
    pong().

stream(Total) ->
    Main = self(),
    Sink = spawn(fun() -> sink(0, Total, Main) end),
    Begin = rig:now_ns(),
    send(Sink, 0, Total),
    rig:collect(1),
    rig:print(rig:rate(Total, Begin)).

send(_Sink, Total, Total) -> ok;
send(Sink, Next, Total) ->
    Sink ! {note, 0, Next},
    send(Sink, Next + 1, Total).

sink(Total, Total, Main) -> Main ! done;
sink(Next, Total, Main) ->
    receive {note, _, Number} -> rig:need(Number =:= Next, "streaming: another number came") end,
    sink(Next + 1, Total, Main).
