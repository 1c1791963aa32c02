# The texts of the waiting-room page in German; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "Sie".

## The frame of the page

room-name = Warteraum
language = Sprache
close = Schließen

## Before the opening

early-headline = Die Warteschlange ist noch nicht geöffnet
early-when = Sie öffnet am { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Lassen Sie diese Seite geöffnet: Sobald es losgeht, bekommen Sie automatisch einen Platz. Neu zu laden bringt Sie nicht schneller hinein.
early-now-headline = Die Warteschlange öffnet
early-now-explanation = In wenigen Augenblicken bekommen Sie automatisch Ihren Platz.
early-last-minute = Die Warteschlange öffnet in weniger als einer Minute.
countdown-days =
    { $count ->
        [one] Tag
       *[other] Tage
    }
countdown-hours =
    { $count ->
        [one] Stunde
       *[other] Stunden
    }
countdown-minutes =
    { $count ->
        [one] Minute
       *[other] Minuten
    }
countdown-seconds =
    { $count ->
        [one] Sekunde
       *[other] Sekunden
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Sie bekommen Ihren Platz
joining-explanation = Das dauert nur einen Moment.

## Waiting

mark-waiting = Sie sind in der Warteschlange
mark-near = Gleich sind Sie dran
mark-paused = Angehalten
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] Person vor Ihnen
       *[other] Personen vor Ihnen
    }
next-figure = Sie sind als Nächstes dran
next-label = Vor Ihnen wartet niemand mehr.
progress-label = Ihr Weg durch die Warteschlange
progress-start = Eingereiht
progress-end = An der Reihe
number-label = Ihre Nummer
number-figure = { $number }
serving-label = Aufgerufen bis
serving-figure = { $serving }
wait-label = Voraussichtliche Wartezeit

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = weniger als eine Minute
wait-minutes =
    { $minutes ->
        [one] etwa { $minutes } Minute
       *[other] etwa { $minutes } Minuten
    }
wait-hours =
    { $hours ->
        [one] etwa { $hours } Stunde
       *[other] etwa { $hours } Stunden
    }
wait-up-to-minutes =
    { $minutes ->
        [one] bis zu { $minutes } Minute
       *[other] bis zu { $minutes } Minuten
    }
wait-up-to-hours =
    { $hours ->
        [one] bis zu { $hours } Stunde
       *[other] bis zu { $hours } Stunden
    }
wait-range-minutes =
    { $high ->
        [one] etwa { $low } bis { $high } Minute
       *[other] etwa { $low } bis { $high } Minuten
    }
wait-range-hours =
    { $high ->
        [one] etwa { $low } bis { $high } Stunde
       *[other] etwa { $low } bis { $high } Stunden
    }
wait-range-minutes-hours =
    { $high ->
        [one] etwa { $low } Minuten bis { $high } Stunde
       *[other] etwa { $low } Minuten bis { $high } Stunden
    }
wait-minutes-or-more =
    { $minutes ->
        [one] etwa { $minutes } Minute oder länger
       *[other] etwa { $minutes } Minuten oder länger
    }
wait-hours-or-more =
    { $hours ->
        [one] etwa { $hours } Stunde oder länger
       *[other] etwa { $hours } Stunden oder länger
    }
wait-long = mehr als { $hours } Stunden
wait-unclear = noch nicht absehbar
wait-unknown = noch nicht bekannt
wait-on-hold = angehalten
wait-for-room = bis wieder Platz ist
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Neun von zehn Personen warten höchstens { $minutes } Minute.
       *[other] Neun von zehn Personen warten höchstens { $minutes } Minuten.
    }
sure-hours =
    { $hours ->
        [one] Neun von zehn Personen warten höchstens { $hours } Stunde.
       *[other] Neun von zehn Personen warten höchstens { $hours } Stunden.
    }
sure-rough = Grob geschätzt, denn die Schlange rückt ungleichmäßig vor.
sure-unknown = Eine Schätzung erscheint, sobald die Schlange eine Weile vorgerückt ist.
sure-paused = Die Wartezeit läuft weiter, wenn die Schlange weiterrückt.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = Die Warteschlange ist gerade angehalten. Sie behalten Ihren Platz.
closed-note = Die Warteschlange nimmt niemanden mehr auf. Sie behalten Ihren Platz.
changed-held = Auf der Website ist viel los, deshalb geht es gerade langsamer voran. Sie behalten Ihren Platz.
changed-slower = Es geht langsamer voran als zuvor, deshalb dauert es länger.
changed-faster = Es geht schneller voran als zuvor, deshalb dauert es nicht mehr so lange.
notice-carried = Ihr Platz ist von Ihrem anderen Gerät mitgekommen.
notice-carry-behind = Der Platz aus dem Link liegt weiter hinten als Ihr jetziger; Sie behalten deshalb den hier.
notice-carry-refused = Der Platz aus dem Link ist nicht mehr gültig.

## What happens next, under the figures while waiting

next-goes-on = Wenn Sie an der Reihe sind, leitet diese Seite Sie automatisch weiter.
next-says-so = Wenn Sie an der Reihe sind, sagt Ihnen diese Seite Bescheid.
next-kept-minutes =
    { $minutes ->
        [one] Falls Sie dann gerade nicht da sind, wird Ihr Platz { $minutes } Minute lang freigehalten.
       *[other] Falls Sie dann gerade nicht da sind, wird Ihr Platz { $minutes } Minuten lang freigehalten.
    }
next-kept-hours =
    { $hours ->
        [one] Falls Sie dann gerade nicht da sind, wird Ihr Platz { $hours } Stunde lang freigehalten.
       *[other] Falls Sie dann gerade nicht da sind, wird Ihr Platz { $hours } Stunden lang freigehalten.
    }
next-kept = Falls Sie dann gerade nicht da sind, wird Ihr Platz für Sie freigehalten.
hint-kept = Ihr Platz ist in diesem Browser gespeichert: Sie können diese Seite neu laden oder schließen und später zurückkommen.
hint-fragile = Dieser Browser speichert nichts: Wenn Sie diese Seite schließen oder neu laden, geht Ihr Platz verloren. Lassen Sie sie geöffnet oder nehmen Sie Ihren Platz auf ein anderes Gerät mit.

## Your turn

turn-headline = Sie sind dran
turn-explanation = Die Tür öffnet sich für Sie…
door-headline = Sie stehen an der Tür
door-paused = Im Moment wird niemand eingelassen. Sobald es weitergeht, sind Sie drin.
door-full = Ihre Nummer ist aufgerufen, aber die Website ist gerade voll. Sobald Platz ist, geht es für Sie weiter.
take-by-label = Ihr Platz wird noch freigehalten für
admitted-going = Sie werden weitergeleitet…
admitted-held = Wählen Sie „Weiter“, um fortzufahren.
admitted-elsewhere = Sie sind an der Reihe und werden in einem anderen Tab weitergeleitet. Wählen Sie „Weiter“, um es hier zu tun.
admitted-here = Sie haben Zutritt.
admission-label = Ihr Zutritt gilt noch für
continue = Weiter

## The place is gone

reset-headline = Die Warteschlange wurde neu gestartet
reset-explanation = Der Veranstalter hat die Warteschlange zurückgesetzt; frühere Plätze gelten nicht mehr. Sie können sich in die neue einreihen.
expired-headline = Ihr Platz ist verfallen
expired-explanation = Ihre Nummer wurde aufgerufen, aber nicht rechtzeitig wahrgenommen. Sie können sich wieder hinten anstellen.
expired-minutes =
    { $minutes ->
        [one] Ihre Nummer { $number } wurde aufgerufen und { $minutes } Minute lang freigehalten, in dieser Zeit aber nicht wahrgenommen. Sie können sich wieder hinten anstellen.
       *[other] Ihre Nummer { $number } wurde aufgerufen und { $minutes } Minuten lang freigehalten, in dieser Zeit aber nicht wahrgenommen. Sie können sich wieder hinten anstellen.
    }
expired-hours =
    { $hours ->
        [one] Ihre Nummer { $number } wurde aufgerufen und { $hours } Stunde lang freigehalten, in dieser Zeit aber nicht wahrgenommen. Sie können sich wieder hinten anstellen.
       *[other] Ihre Nummer { $number } wurde aufgerufen und { $hours } Stunden lang freigehalten, in dieser Zeit aber nicht wahrgenommen. Sie können sich wieder hinten anstellen.
    }
left-headline = Sie haben die Warteschlange verlassen
left-explanation = Ihr Platz wurde aufgegeben. Wenn Sie doch noch hineinmöchten, können Sie sich wieder hinten anstellen.
ended-headline = Ihr Besuch ist beendet
ended-explanation = Mit diesem Platz waren Sie schon drin, und dieser Besuch ist vorbei. Um wiederzukommen, stellen Sie sich bitte neu an.
over-headline = Ihr Zutritt ist abgelaufen
over-explanation = Sie waren drin, und die Zeit dafür ist vorbei. Um wiederzukommen, stellen Sie sich bitte neu an.
again = Neu anstellen

## There is no line to be in

closed-headline = Diese Warteschlange ist geschlossen
closed-explanation = Im Moment wird niemand aufgenommen. Lassen Sie diese Seite geöffnet: Sobald es losgeht, bekommen Sie einen Platz.
soldout-headline = Ausverkauft
soldout-explanation = Alles ist vergeben; die Warteschlange nimmt deshalb niemanden mehr auf.
soldout-kept = Alles ist vergeben; deshalb wird niemand mehr eingelassen. Das tut uns leid. Falls sich daran etwas ändert, behalten Sie Ihre Nummer { $number }.
unknown-headline = Hier gibt es keine Warteschlange
unknown-explanation = Vielleicht ist die Adresse falsch geschrieben oder die Aktion schon vorbei. Bitte prüfen Sie, woher Sie kommen.
astray-headline = Von hier aus geht es nicht weiter
astray-explanation = Diese Seite führt nicht dorthin, woher Sie kommen, oder war zu lange geöffnet. Bitte gehen Sie dorthin zurück und versuchen Sie es noch einmal.

## How things stand between page and server

fresh-connecting = Verbindung wird hergestellt…
fresh-now = Gerade aktualisiert
fresh-seconds =
    { $seconds ->
        [one] Vor { $seconds } Sekunde aktualisiert
       *[other] Vor { $seconds } Sekunden aktualisiert
    }
fresh-minutes =
    { $minutes ->
        [one] Vor { $minutes } Minute aktualisiert
       *[other] Vor { $minutes } Minuten aktualisiert
    }
fresh-rarely = Diese Seite schaut jede halbe Minute wieder nach.
trouble-offline = Verbindung verloren. Neuer Versuch…
trouble-busy = Gerade ist sehr viel los. Neuer Versuch…
trouble-offline-kept = Verbindung verloren. Ihr Platz ist sicher. Neuer Versuch…
trouble-busy-kept = Gerade ist sehr viel los. Ihr Platz ist sicher. Neuer Versuch…

## From the organiser

message-label = Vom Veranstalter

## Tell me when it's my turn

call-button = Bescheid sagen, wenn ich dran bin
call-explanation = Lassen Sie diese Seite geöffnet und tun Sie inzwischen etwas anderes. Wenn Sie an der Reihe sind, ruft sie Sie und leitet Sie automatisch weiter.
call-sound = Ton abspielen
call-vibration = Vibrieren
call-notification = Benachrichtigung anzeigen
call-screen = Bildschirm anlassen
call-try = Jetzt anhören
call-notification-refused = Ihr Browser erlaubt dieser Seite keine Benachrichtigungen. Das können Sie in seinen Einstellungen ändern.
call-screen-refused = Ihr Gerät erlaubt dieser Seite nicht, den Bildschirm anzulassen.
call-notice = Sie sind dran
call-notice-text = { $title }: Sie werden jetzt eingelassen.

## Take my place to another device

device-button = Platz auf ein anderes Gerät mitnehmen
device-explanation = Scannen Sie den Code mit dem anderen Gerät oder öffnen Sie dort den Link. Auch hier bleibt Ihr Platz gültig.
device-warning = Wer diesen Link hat, hat Ihren Platz. Geben Sie ihn niemandem.
device-code = QR-Code mit dem Link zu Ihrem Platz
device-link = Link zu Ihrem Platz
device-copy = Link kopieren
device-copied = Kopiert
device-not-copied = Der Link ist markiert: Kopieren Sie ihn von hier.
device-share = Teilen…
device-share-title = Mein Platz in der Warteschlange: { $title }

## Leave the line

leave-button = Warteschlange verlassen
leave-headline = Warteschlange verlassen?
leave-explanation = Ihre Nummer { $number } verfällt dann endgültig. Um wiederzukommen, müssten Sie sich neu anstellen, ganz hinten.
leave-confirm = Platz aufgeben
leave-stay = In der Schlange bleiben
leave-failed = Das hat nicht geklappt; Sie sind noch in der Warteschlange. Bitte versuchen Sie es noch einmal.

## Told to screen readers, when it changes

spoken-number = Sie haben Nummer { $number } in der Warteschlange.
spoken-crowd =
    { $people ->
        [one] Weniger als { $people } Person vor Ihnen.
       *[other] Weniger als { $people } Personen vor Ihnen.
    }
spoken-next = Sie sind als Nächstes dran.

## The page without JavaScript: what it says besides the above

plain-opens = Sie öffnet am { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] Das ist in etwa { $days } Tag.
       *[other] Das ist in etwa { $days } Tagen.
    }
plain-opens-hours =
    { $hours ->
        [one] Das ist in etwa { $hours } Stunde.
       *[other] Das ist in etwa { $hours } Stunden.
    }
plain-opens-minutes =
    { $minutes ->
        [one] Das ist in etwa { $minutes } Minute.
       *[other] Das ist in etwa { $minutes } Minuten.
    }
plain-opens-now = Das ist in weniger als einer Minute.
plain-looks =
    { $seconds ->
        [one] Diese Seite schaut in { $seconds } Sekunde von selbst wieder nach.
       *[other] Diese Seite schaut in { $seconds } Sekunden von selbst wieder nach.
    }
plain-rests = Diese Seite schaut nicht mehr von selbst nach.
plain-look = Jetzt nachschauen
plain-rest = Nicht mehr von selbst nachschauen
plain-go-on = Wieder von selbst nachschauen
plain-cookies-headline = Dieser Browser behält keine Cookies
plain-cookies-explanation = Ohne JavaScript lässt sich Ihr Platz nur in einem Cookie aufbewahren, und dieser Browser hat unseres nicht zurückgeschickt. Bitte erlauben Sie Cookies für diese Website oder schalten Sie JavaScript ein, und versuchen Sie es noch einmal.
plain-try-again = Noch einmal versuchen

## Pages that say why there is no waiting room

sorry-later-headline = Einen Moment, bitte
sorry-later-explanation =
    { $seconds ->
        [one] Der Warteraum kann gerade nicht antworten. Diese Seite versucht es in { $seconds } Sekunde von selbst wieder; früher neu zu laden bringt Sie nicht schneller hinein.
       *[other] Der Warteraum kann gerade nicht antworten. Diese Seite versucht es in { $seconds } Sekunden von selbst wieder; früher neu zu laden bringt Sie nicht schneller hinein.
    }
sorry-return-explanation = Der Link, der Sie hergebracht hat, nennt eine Adresse, zu der dieser Warteraum nicht führt. Bitte gehen Sie zurück zu der Website, von der Sie kommen, und versuchen Sie es dort noch einmal.
sorry-unknown-headline = Diesen Warteraum gibt es nicht
sorry-unknown-explanation = Bitte prüfen Sie den Link, oder gehen Sie zurück zu der Website, von der Sie kommen, und versuchen Sie es dort noch einmal.
sorry-other-headline = Von hier aus können Sie sich nicht anstellen
sorry-other-explanation = Bitte gehen Sie zurück zu der Website, von der Sie kommen, und versuchen Sie es dort noch einmal.
sorry-sign-in-explanation = Die Website, von der Sie kommen, hat etwas verlangt, das dieser Warteraum nicht beantworten kann. Bitte gehen Sie dorthin zurück und versuchen Sie es noch einmal.
sorry-sign-in-why = Für die Betreuer dieser Website:
sorry-signed-out-explanation = Ihr Platz ist wieder frei. Sie können diese Seite schließen.
