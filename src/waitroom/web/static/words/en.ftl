# The texts of the waiting-room page. English is the language that the others are translated from;
# what a message is for stands above it. What must change with it: the other catalogues beside it,
# and room-words.js, which says which message stands for which state.
#
# Tone: calm, plain, short. The visitor has done nothing wrong and can lose nothing by waiting.
# Numbers and dates are written as the language writes them; a selector follows its plural rules.
# "Line" is the queue. "Place" is the visitor's place in it. "Number" is the place's position.

## The frame of the page

# Above the name of the event, and the page's name where the event has none.
room-name = Waiting room
# Names the list of languages to screen readers.
language = Language
# Closes a panel that the visitor has opened.
close = Close

## Before the opening

early-headline = The line is not open yet
# $at: when, in the visitor's own time zone.
early-when = It opens on { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Keep this page open: it gets you a place by itself when the line opens. Reloading it gets you in no sooner.
# The time has come; places are given out over some seconds.
early-now-headline = The line is opening
early-now-explanation = You get your place within moments, by itself.
# Told to screen readers, once.
early-last-minute = The line opens in less than a minute.
# Under the four figures of the countdown, one word each. $count is shown above the word, large.
countdown-days =
    { $count ->
        [one] day
       *[other] days
    }
countdown-hours =
    { $count ->
        [one] hour
       *[other] hours
    }
countdown-minutes =
    { $count ->
        [one] minute
       *[other] minutes
    }
countdown-seconds =
    { $count ->
        [one] second
       *[other] seconds
    }

# A figure of the countdown, and clocks that run down: 59:30, 1:02:30.
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Getting your place in line
joining-explanation = This takes a moment.

## Waiting

# A short mark above the large figure: how things stand.
mark-waiting = You’re in line
mark-near = Nearly there
mark-paused = On hold

# The large figure, and the words under it. $ahead is 1 or more.
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] person ahead of you
       *[other] people ahead of you
    }
# In place of the two above when nobody is ahead. A large line, and a small one under it.
next-figure = You’re next
next-label = Nobody is ahead of you.

# Names the progress bar to screen readers; under its two ends stand the two after it.
progress-label = Your way through the line
progress-start = You joined
progress-end = Your turn

# Names of the figures under the progress bar.
number-label = Your number
number-figure = { $number }
serving-label = Now serving
serving-figure = { $serving }
wait-label = Expected wait

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = less than a minute
wait-minutes =
    { $minutes ->
        [one] about { $minutes } minute
       *[other] about { $minutes } minutes
    }
wait-hours =
    { $hours ->
        [one] about { $hours } hour
       *[other] about { $hours } hours
    }
wait-up-to-minutes =
    { $minutes ->
        [one] up to { $minutes } minute
       *[other] up to { $minutes } minutes
    }
wait-up-to-hours =
    { $hours ->
        [one] up to { $hours } hour
       *[other] up to { $hours } hours
    }
wait-range-minutes =
    { $high ->
        [one] about { $low } to { $high } minute
       *[other] about { $low } to { $high } minutes
    }
wait-range-hours =
    { $high ->
        [one] about { $low } to { $high } hour
       *[other] about { $low } to { $high } hours
    }
# $low: minutes, $high: hours. More than one minute.
wait-range-minutes-hours =
    { $high ->
        [one] about { $low } minutes to { $high } hour
       *[other] about { $low } minutes to { $high } hours
    }
wait-minutes-or-more =
    { $minutes ->
        [one] about { $minutes } minute or more
       *[other] about { $minutes } minutes or more
    }
wait-hours-or-more =
    { $hours ->
        [one] about { $hours } hour or more
       *[other] about { $hours } hours or more
    }
# $hours: 12.
wait-long = more than { $hours } hours
wait-unclear = not clear yet
wait-unknown = not known yet
wait-on-hold = on hold
# The place is called, but the site is full.
wait-for-room = until there is room
# While the first answer is on its way.
wait-unread = …

# Under the wait: how sure it is.
sure-minutes =
    { $minutes ->
        [one] Nine in ten people wait no longer than { $minutes } minute.
       *[other] Nine in ten people wait no longer than { $minutes } minutes.
    }
sure-hours =
    { $hours ->
        [one] Nine in ten people wait no longer than { $hours } hour.
       *[other] Nine in ten people wait no longer than { $hours } hours.
    }
sure-rough = A rough estimate: the line does not move evenly.
sure-unknown = An estimate appears once the line has moved for a while.
sure-paused = The wait goes on when the line does.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = The line is on hold for a moment. You keep your place.
closed-note = The line takes nobody new. You keep your place.
changed-held = The site is busy, so the line is slowed down for the moment. You keep your place.
changed-slower = The line moves more slowly than it did, so the wait is longer.
changed-faster = The line moves faster than it did, so the wait is shorter.

# A place that was taken here from another device: it is here now; or the one that this browser had
# already is further ahead and stays; or the link is of no use.
notice-carried = Your place has come along from your other device.
notice-carry-behind = The place in that link is further back than the one you have here, so you keep yours.
notice-carry-refused = The place in that link no longer counts.

## What happens next, under the figures while waiting

# There is a site to go on to.
next-goes-on = When it’s your turn, this page takes you on by itself.
# There is none: the page only says so.
next-says-so = When it’s your turn, this page tells you.
# If the visitor is not there when the place is called.
next-kept-minutes =
    { $minutes ->
        [one] If you are away then, your place is kept for { $minutes } minute.
       *[other] If you are away then, your place is kept for { $minutes } minutes.
    }
next-kept-hours =
    { $hours ->
        [one] If you are away then, your place is kept for { $hours } hour.
       *[other] If you are away then, your place is kept for { $hours } hours.
    }
next-kept = If you are away then, your place is kept for you.
hint-kept = Your place is kept in this browser: you can reload this page, or close it and come back.
hint-fragile = This browser keeps nothing: closing or reloading this page loses your place. Keep it open, or take your place to another device.

## Your turn

turn-headline = It’s your turn
turn-explanation = Opening the door for you…
# Called, but nobody is let in for the moment.
door-headline = You’re at the door
door-paused = Nobody is let in for the moment. You go in as soon as the line goes on.
door-full = Your place is being served; the site is full for a moment. You go in as soon as there is room.
# Above a clock that runs down: until then the called place is kept.
take-by-label = Your place is kept for
admitted-going = Taking you there now…
admitted-held = Press Continue to go on.
# Another tab or window of this browser goes on.
admitted-elsewhere = You were let in, and go on in another tab. Press Continue to go on in this one.
# There is no site to go on to from here.
admitted-here = You are admitted.
# Above a clock that runs down.
admission-label = Your admission is valid for
continue = Continue

## The place is gone

reset-headline = The line was started anew
reset-explanation = The organiser has reset this line; earlier places no longer count. You can join the new one.
expired-headline = Your place has expired
expired-explanation = Your number was called, but it was not taken up in time. You can join the line again, at its end.
# $number: the place that has expired.
expired-minutes =
    { $minutes ->
        [one] Your number { $number } was called and kept for { $minutes } minute, but was not taken up in that time. You can join the line again, at its end.
       *[other] Your number { $number } was called and kept for { $minutes } minutes, but was not taken up in that time. You can join the line again, at its end.
    }
expired-hours =
    { $hours ->
        [one] Your number { $number } was called and kept for { $hours } hour, but was not taken up in that time. You can join the line again, at its end.
       *[other] Your number { $number } was called and kept for { $hours } hours, but was not taken up in that time. You can join the line again, at its end.
    }
left-headline = You left the line
left-explanation = Your place was given up. If you still want to go in, you can join the line again, at its end.
ended-headline = Your visit has ended
ended-explanation = You were let in with this place, and that visit is over. To come back, join the line again.
over-headline = Your admission has run out
over-explanation = You were let in, and the time you were given is over. To come back, join the line again.
again = Join the line again

## There is no line to be in

closed-headline = This line is closed
closed-explanation = Nobody new is taken for the moment. Keep this page open: you get a place when it opens.
soldout-headline = Sold out
soldout-explanation = Everything is gone, so the line takes nobody new.
# For a visitor who was in line.
soldout-kept = Everything is gone, so nobody else is let in. We are sorry. You keep your number { $number }, in case that changes.
unknown-headline = There is no line here
unknown-explanation = The address may be mistyped, or the event is over. Please check where you came from.
# The page that the visitor should be sent on to is not one that this line leads to.
astray-headline = We cannot send you on from here
astray-explanation = This page does not lead to where you came from, or was open for too long. Please go back there and try again.

## How things stand between page and server

fresh-connecting = Connecting…
fresh-now = Updated just now
# $seconds: fives.
fresh-seconds =
    { $seconds ->
        [one] Updated { $seconds } second ago
       *[other] Updated { $seconds } seconds ago
    }
fresh-minutes =
    { $minutes ->
        [one] Updated { $minutes } minute ago
       *[other] Updated { $minutes } minutes ago
    }
# There is no line to look at closely.
fresh-rarely = This page looks again every half minute.
trouble-offline = Connection lost. Trying again…
trouble-busy = Very busy right now. Trying again…
# The same for a visitor who has a place.
trouble-offline-kept = Connection lost. Your place is safe. Trying again…
trouble-busy-kept = Very busy right now. Your place is safe. Trying again…

## From the organiser

# Names the operator's own message.
message-label = From the organiser

## Tell me when it's my turn

call-button = Tell me when it’s my turn
call-explanation = Keep this page open and do something else meanwhile. When it’s your turn, it calls you and goes on by itself.
call-sound = Play a sound
call-vibration = Vibrate
call-notification = Show a notification
call-screen = Keep the screen on
# Plays the sound once.
call-try = Hear it now
call-notification-refused = Your browser does not let this page show notifications. You can change that in its settings.
call-screen-refused = Your device does not let this page keep the screen on.
# The notification. $title: name of the event.
call-notice = It’s your turn
call-notice-text = { $title }: you are being let in.

## Take my place to another device

device-button = Take my place to another device
device-explanation = Scan the code with the other device, or open the link there. Your place stays good here, too.
device-warning = Whoever has this link has your place. Give it to nobody.
# What the picture is, for those who cannot see it.
device-code = QR code with the link to your place
device-link = Link to your place
device-copy = Copy link
device-copied = Copied
device-not-copied = The link is selected: copy it from here.
device-share = Share…
# The subject of what is shared. $title: name of the event.
device-share-title = My place in line: { $title }

## Leave the line

leave-button = Leave the line
leave-headline = Leave the line?
leave-explanation = Your number { $number } is then given up for good. To come back, you would join again, at the end of the line.
leave-confirm = Give up my place
leave-stay = Stay in line
leave-failed = That did not work; you are still in line. Please try again.

## Told to screen readers, when it changes

spoken-number = You are number { $number } in line.
# $people: a round number.
spoken-crowd =
    { $people ->
        [one] Fewer than { $people } person ahead of you.
       *[other] Fewer than { $people } people ahead of you.
    }
spoken-next = You are next.

## The page without JavaScript: what it says besides the above

# $at: when, in universal time.
plain-opens = It opens on { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] That is in about { $days } day.
       *[other] That is in about { $days } days.
    }
plain-opens-hours =
    { $hours ->
        [one] That is in about { $hours } hour.
       *[other] That is in about { $hours } hours.
    }
plain-opens-minutes =
    { $minutes ->
        [one] That is in about { $minutes } minute.
       *[other] That is in about { $minutes } minutes.
    }
plain-opens-now = That is in less than a minute.
# How the page keeps up to date.
plain-looks =
    { $seconds ->
        [one] This page looks again by itself in { $seconds } second.
       *[other] This page looks again by itself in { $seconds } seconds.
    }
plain-rests = This page no longer looks again by itself.
# Links next to the two above.
plain-look = Look again now
plain-rest = Stop looking by itself
plain-go-on = Look by itself again
# The browser has not sent back the cookie that holds the place.
plain-cookies-headline = This browser keeps no cookies
plain-cookies-explanation = Without JavaScript, your place in line can only be kept in a cookie, and this browser did not send ours back. Please allow cookies for this site, or turn on JavaScript, and try again.
plain-try-again = Try again

## Pages that say why there is no waiting room

sorry-later-headline = One moment, please
sorry-later-explanation =
    { $seconds ->
        [one] The waiting room cannot answer right now. This page tries again by itself in { $seconds } second; reloading it sooner does not get you in any faster.
       *[other] The waiting room cannot answer right now. This page tries again by itself in { $seconds } seconds; reloading it sooner does not get you in any faster.
    }
# Under the headline astray-headline.
sorry-return-explanation = The link that brought you names an address that this waiting room does not lead to. Please go back to the site you came from and try again there.
sorry-unknown-headline = There is no such waiting room
sorry-unknown-explanation = Please check the link, or go back to the site you came from and try again there.
sorry-other-headline = You cannot join from here
sorry-other-explanation = Please go back to the site you came from and try again there.
# Sign-in by way of the waiting room, under astray-headline: the site has asked for something odd.
sorry-sign-in-explanation = The site that brought you asked for something that this waiting room cannot answer. Please go back to it and try again there.
# Before a technical sentence in English.
sorry-sign-in-why = For whoever looks after that site:
# After signing out, under ended-headline.
sorry-signed-out-explanation = Your place has been given back. You can close this page.
