%% Erlang in the shapes of fan_in.c, ring.c, big.c and fork_join.c.
-module(crowd).
-export([fan_in/2, ring/2, big/2, fork_join/2]).

%% ---- Fan-in: the sink keeps the next number of each sender in a tuple of counters
fan_in(Senders, Total) ->
    Each = Total div Senders,
    Main = self(),
    Sink = spawn(fun() -> sink(counters:new(Senders, []), Senders * Each, Main) end),
    Begin = rig:now_ns(),
    [spawn(fun() -> fan_send(Sink, Index, 0, Each) end) || Index <- lists:seq(1, Senders)],
    rig:collect(1),
    rig:print(rig:rate(Senders * Each, Begin)).

fan_send(_Sink, _Index, Each, Each) -> ok;
fan_send(Sink, Index, Next, Each) ->
    Sink ! {note, Index, Next},
    fan_send(Sink, Index, Next + 1, Each).

sink(_Next, 0, Main) -> Main ! done;
sink(Next, Missing, Main) ->
    receive
        {note, From, Number} ->
            rig:need(Number =:= counters:get(Next, From), "fan-in: lost or overtaken"),
            counters:add(Next, From, 1)
    end,
    sink(Next, Missing - 1, Main).

%% ---- Ring
ring(Count, Hops) ->
    Main = self(),
    Members = [spawn(fun() -> member_wait(Hops, Main) end) || _ <- lists:seq(1, Count)],
    [Member ! {next, Next} || {Member, Next} <- lists:zip(Members, tl(Members) ++ [hd(Members)])],
    Begin = rig:now_ns(),
    hd(Members) ! {note, 0, 1},
    rig:collect(1),
    rig:print(rig:per(Hops, Begin)).

member_wait(Hops, Main) -> receive {next, Next} -> member(Next, Hops, Main) end.

member(Next, Hops, Main) ->
    receive
        {note, _, Hops} -> Main ! done;
        {note, _, Number} -> Next ! {note, 0, Number + 1}
    end,
    member(Next, Hops, Main).

%% ---- Big: everybody asks everybody, and answers while it waits
big(Count, Pings) ->
    Main = self(),
    Players = [spawn(fun() -> player_wait(Index, Pings, Main) end) || Index <- lists:seq(1, Count)],
    All = list_to_tuple(Players),
    [Player ! {players, All} || Player <- Players],
    Begin = rig:now_ns(),
    [Player ! {pong, 0} || Player <- Players],
    rig:collect(Count),
    rig:print(rig:rate(2 * Count * Pings, Begin)).

player_wait(Index, Pings, Main) ->
    Random = (16#9e3779b97f4a7c15 * Index) band 16#ffffffffffffffff,
    receive {players, All} -> player(All, Random, 0, Pings, Main) end.

player(All, Random, Next, Pings, Main) ->
    receive
        {ping, From, Number} ->
            From ! {pong, Number},
            player(All, Random, Next, Pings, Main);
        {pong, Number} ->
            rig:need(Number =:= Next, "big: a pong of another ping came"),
            pinged(All, Random, Next + 1, Pings, Main)
    end.

pinged(All, Random, Next, Pings, Main) when Next =< Pings ->
    Drawn = rig:random(Random),
    element(Drawn rem tuple_size(All) + 1, All) ! {ping, self(), Next},
    player(All, Drawn, Next, Pings, Main);
pinged(All, Random, Next, Pings, Main) ->
    Main ! done,
    player(All, Random, Next, Pings, Main).

%% ---- Fork and join
fork_join(Count, Share) ->
    Main = self(),
    Workers = [spawn(fun() -> worker(0, Share, Main) end) || _ <- lists:seq(1, Count)],
    Begin = rig:now_ns(),
    deal(Workers, 0, Share),
    rig:collect(Count),
    rig:print(rig:rate(Count * Share, Begin)).

deal(_Workers, Share, Share) -> ok;
deal(Workers, Number, Share) ->
    [Worker ! {note, 0, Number} || Worker <- Workers],
    deal(Workers, Number + 1, Share).

worker(Share, Share, Main) -> Main ! done;
worker(Next, Share, Main) ->
    receive {note, _, Number} -> rig:need(Number =:= Next, "fork-join: lost or overtaken") end,
    worker(Next + 1, Share, Main).
