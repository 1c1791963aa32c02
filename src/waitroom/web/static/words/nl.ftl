# The texts of the waiting-room page in Dutch; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "u".

## The frame of the page

room-name = Wachtkamer
language = Taal
close = Sluiten

## Before the opening

early-headline = De wachtrij is nog niet open
early-when = Hij gaat open op { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Houd deze pagina open: zodra de wachtrij opengaat, krijgt u vanzelf een plaats. Opnieuw laden brengt u niet eerder binnen.
early-now-headline = De wachtrij gaat open
early-now-explanation = Over enkele ogenblikken krijgt u vanzelf uw plaats.
early-last-minute = De wachtrij gaat over minder dan een minuut open.
countdown-days =
    { $count ->
        [one] dag
       *[other] dagen
    }
countdown-hours =
    { $count ->
        [one] uur
       *[other] uur
    }
countdown-minutes =
    { $count ->
        [one] minuut
       *[other] minuten
    }
countdown-seconds =
    { $count ->
        [one] seconde
       *[other] seconden
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = U krijgt een plaats in de rij
joining-explanation = Dit duurt maar even.

## Waiting

mark-waiting = U staat in de rij
mark-near = U bent bijna aan de beurt
mark-paused = Gepauzeerd
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] persoon voor u
       *[other] mensen voor u
    }
next-figure = U bent de volgende
next-label = Er is niemand meer voor u.
progress-label = Uw weg door de wachtrij
progress-start = Aangesloten
progress-end = Aan de beurt
number-label = Uw nummer
number-figure = { $number }
serving-label = Nu aan de beurt
serving-figure = { $serving }
wait-label = Verwachte wachttijd

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = minder dan een minuut
wait-minutes =
    { $minutes ->
        [one] ongeveer { $minutes } minuut
       *[other] ongeveer { $minutes } minuten
    }
wait-hours =
    { $hours ->
        [one] ongeveer { $hours } uur
       *[other] ongeveer { $hours } uur
    }
wait-up-to-minutes =
    { $minutes ->
        [one] hooguit { $minutes } minuut
       *[other] hooguit { $minutes } minuten
    }
wait-up-to-hours =
    { $hours ->
        [one] hooguit { $hours } uur
       *[other] hooguit { $hours } uur
    }
wait-range-minutes =
    { $high ->
        [one] ongeveer { $low } tot { $high } minuut
       *[other] ongeveer { $low } tot { $high } minuten
    }
wait-range-hours =
    { $high ->
        [one] ongeveer { $low } tot { $high } uur
       *[other] ongeveer { $low } tot { $high } uur
    }
wait-range-minutes-hours =
    { $high ->
        [one] ongeveer { $low } minuten tot { $high } uur
       *[other] ongeveer { $low } minuten tot { $high } uur
    }
wait-minutes-or-more =
    { $minutes ->
        [one] ongeveer { $minutes } minuut of langer
       *[other] ongeveer { $minutes } minuten of langer
    }
wait-hours-or-more =
    { $hours ->
        [one] ongeveer { $hours } uur of langer
       *[other] ongeveer { $hours } uur of langer
    }
wait-long = meer dan { $hours } uur
wait-unclear = nog niet duidelijk
wait-unknown = nog niet bekend
wait-on-hold = gepauzeerd
wait-for-room = tot er ruimte is
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Negen van de tien mensen wachten niet langer dan { $minutes } minuut.
       *[other] Negen van de tien mensen wachten niet langer dan { $minutes } minuten.
    }
sure-hours =
    { $hours ->
        [one] Negen van de tien mensen wachten niet langer dan { $hours } uur.
       *[other] Negen van de tien mensen wachten niet langer dan { $hours } uur.
    }
sure-rough = Dit is een ruwe schatting: de rij schuift niet gelijkmatig op.
sure-unknown = Een schatting verschijnt zodra de rij een tijdje is opgeschoven.
sure-paused = Het wachten gaat verder zodra de rij weer opschuift.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = De rij staat even stil. U behoudt uw plaats.
closed-note = De wachtrij laat niemand meer toe. U behoudt uw plaats.
changed-held = Het is druk op de site, daarom gaat de rij nu even langzamer. U behoudt uw plaats.
changed-slower = De rij gaat langzamer dan eerst, dus het wachten duurt langer.
changed-faster = De rij gaat sneller dan eerst, dus het wachten duurt korter.
notice-carried = Uw plaats is meegekomen van uw andere apparaat.
notice-carry-behind = De plaats in die link ligt verder naar achteren dan die u hier hebt, dus u houdt de uwe.
notice-carry-refused = De plaats in die link is niet meer geldig.

## What happens next, under the figures while waiting

next-goes-on = Zodra u aan de beurt bent, brengt deze pagina u vanzelf verder.
next-says-so = Zodra u aan de beurt bent, laat deze pagina het u weten.
next-kept-minutes =
    { $minutes ->
        [one] Bent u er dan even niet, dan blijft uw plaats { $minutes } minuut voor u bewaard.
       *[other] Bent u er dan even niet, dan blijft uw plaats { $minutes } minuten voor u bewaard.
    }
next-kept-hours =
    { $hours ->
        [one] Bent u er dan even niet, dan blijft uw plaats { $hours } uur voor u bewaard.
       *[other] Bent u er dan even niet, dan blijft uw plaats { $hours } uur voor u bewaard.
    }
next-kept = Bent u er dan even niet, dan blijft uw plaats voor u bewaard.
hint-kept = Uw plaats wordt in deze browser bewaard: u kunt deze pagina opnieuw laden, of sluiten en later terugkomen.
hint-fragile = Deze browser bewaart niets: als u deze pagina sluit of opnieuw laadt, raakt u uw plaats kwijt. Houd de pagina open, of neem uw plaats mee naar een ander apparaat.

## Your turn

turn-headline = U bent aan de beurt
turn-explanation = De deur gaat voor u open…
door-headline = U staat voor de deur
door-paused = Er wordt nu even niemand binnengelaten. U gaat naar binnen zodra de rij verdergaat.
door-full = Uw nummer is opgeroepen, maar de site is even vol. U gaat naar binnen zodra er ruimte is.
take-by-label = Uw plaats wordt nog bewaard voor
admitted-going = U wordt erheen gebracht…
admitted-held = Kies ‘Doorgaan’ om verder te gaan.
admitted-elsewhere = U mag naar binnen, en dat gebeurt in een ander tabblad. Kies ‘Doorgaan’ om in dit tabblad verder te gaan.
admitted-here = U mag naar binnen.
admission-label = Uw toegang is nog geldig voor
continue = Doorgaan

## The place is gone

reset-headline = De wachtrij is opnieuw begonnen
reset-explanation = De organisator heeft deze wachtrij opnieuw laten beginnen; eerdere plaatsen tellen niet meer. U kunt in de nieuwe rij gaan staan.
expired-headline = Uw plaats is verlopen
expired-explanation = Uw nummer is opgeroepen, maar de plaats is niet op tijd ingenomen. U kunt weer achteraan aansluiten.
expired-minutes =
    { $minutes ->
        [one] Uw nummer { $number } is opgeroepen en { $minutes } minuut bewaard, maar de plaats is in die tijd niet ingenomen. U kunt weer achteraan aansluiten.
       *[other] Uw nummer { $number } is opgeroepen en { $minutes } minuten bewaard, maar de plaats is in die tijd niet ingenomen. U kunt weer achteraan aansluiten.
    }
expired-hours =
    { $hours ->
        [one] Uw nummer { $number } is opgeroepen en { $hours } uur bewaard, maar de plaats is in die tijd niet ingenomen. U kunt weer achteraan aansluiten.
       *[other] Uw nummer { $number } is opgeroepen en { $hours } uur bewaard, maar de plaats is in die tijd niet ingenomen. U kunt weer achteraan aansluiten.
    }
left-headline = U hebt de rij verlaten
left-explanation = Uw plaats is opgegeven. Wilt u toch nog naar binnen, dan kunt u weer achteraan aansluiten.
ended-headline = Uw bezoek is afgelopen
ended-explanation = Met deze plaats bent u al binnen geweest, en dat bezoek is voorbij. Wilt u terugkomen, sluit dan opnieuw aan.
over-headline = Uw toegang is verlopen
over-explanation = U mocht naar binnen, en de tijd die u had is voorbij. Wilt u terugkomen, sluit dan opnieuw aan.
again = Opnieuw aansluiten

## There is no line to be in

closed-headline = Deze wachtrij is gesloten
closed-explanation = Er wordt nu niemand toegelaten. Houd deze pagina open: u krijgt een plaats zodra de rij opengaat.
soldout-headline = Uitverkocht
soldout-explanation = Alles is op, dus de wachtrij laat niemand meer toe.
soldout-kept = Alles is op, dus er wordt niemand meer binnengelaten. Het spijt ons. U houdt uw nummer { $number }, voor het geval dat verandert.
unknown-headline = Hier is geen wachtrij
unknown-explanation = Misschien klopt het adres niet, of is het evenement voorbij. Controleer de link waarmee u hier kwam.
astray-headline = We kunnen u hiervandaan niet verder brengen
astray-explanation = Deze pagina leidt niet naar de plek waar u vandaan komt, of stond te lang open. Ga daarheen terug en probeer het opnieuw.

## How things stand between page and server

fresh-connecting = Verbinding maken…
fresh-now = Zojuist bijgewerkt
fresh-seconds =
    { $seconds ->
        [one] { $seconds } seconde geleden bijgewerkt
       *[other] { $seconds } seconden geleden bijgewerkt
    }
fresh-minutes =
    { $minutes ->
        [one] { $minutes } minuut geleden bijgewerkt
       *[other] { $minutes } minuten geleden bijgewerkt
    }
fresh-rarely = Deze pagina kijkt elke halve minuut opnieuw.
trouble-offline = Verbinding verbroken. Nieuwe poging…
trouble-busy = Het is nu erg druk. Nieuwe poging…
trouble-offline-kept = Verbinding verbroken. Uw plaats is veilig. Nieuwe poging…
trouble-busy-kept = Het is nu erg druk. Uw plaats is veilig. Nieuwe poging…

## From the organiser

message-label = Van de organisator

## Tell me when it's my turn

call-button = Waarschuw me als ik aan de beurt ben
call-explanation = Houd deze pagina open en doe ondertussen iets anders. Zodra u aan de beurt bent, roept de pagina u en gaat ze vanzelf verder.
call-sound = Geluid afspelen
call-vibration = Trillen
call-notification = Melding tonen
call-screen = Scherm aan laten
call-try = Nu beluisteren
call-notification-refused = Uw browser staat deze pagina niet toe meldingen te tonen. U kunt dat in de instellingen ervan wijzigen.
call-screen-refused = Uw apparaat staat deze pagina niet toe het scherm aan te laten.
call-notice = U bent aan de beurt
call-notice-text = { $title }: u mag naar binnen.

## Take my place to another device

device-button = Mijn plaats meenemen naar een ander apparaat
device-explanation = Scan de code met het andere apparaat, of open de link daar. Uw plaats blijft ook hier geldig.
device-warning = Wie deze link heeft, heeft uw plaats. Geef hem aan niemand.
device-code = QR-code met de link naar uw plaats
device-link = Link naar uw plaats
device-copy = Link kopiëren
device-copied = Gekopieerd
device-not-copied = De link is geselecteerd: kopieer hem hier.
device-share = Delen…
device-share-title = Mijn plaats in de rij: { $title }

## Leave the line

leave-button = De rij verlaten
leave-headline = De rij verlaten?
leave-explanation = U geeft uw nummer { $number } dan definitief op. Om terug te komen, zou u opnieuw achteraan moeten aansluiten.
leave-confirm = Mijn plaats opgeven
leave-stay = In de rij blijven
leave-failed = Dat is niet gelukt; u staat nog in de rij. Probeer het opnieuw.

## Told to screen readers, when it changes

spoken-number = U hebt nummer { $number } in de rij.
spoken-crowd =
    { $people ->
        [one] Minder dan { $people } persoon voor u.
       *[other] Minder dan { $people } mensen voor u.
    }
spoken-next = U bent de volgende.

## The page without JavaScript: what it says besides the above

plain-opens = Hij gaat open op { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] Dat is over ongeveer { $days } dag.
       *[other] Dat is over ongeveer { $days } dagen.
    }
plain-opens-hours =
    { $hours ->
        [one] Dat is over ongeveer { $hours } uur.
       *[other] Dat is over ongeveer { $hours } uur.
    }
plain-opens-minutes =
    { $minutes ->
        [one] Dat is over ongeveer { $minutes } minuut.
       *[other] Dat is over ongeveer { $minutes } minuten.
    }
plain-opens-now = Dat is over minder dan een minuut.
plain-looks =
    { $seconds ->
        [one] Deze pagina kijkt over { $seconds } seconde vanzelf opnieuw.
       *[other] Deze pagina kijkt over { $seconds } seconden vanzelf opnieuw.
    }
plain-rests = Deze pagina kijkt niet meer vanzelf opnieuw.
plain-look = Nu opnieuw kijken
plain-rest = Niet meer vanzelf kijken
plain-go-on = Weer vanzelf kijken
plain-cookies-headline = Deze browser bewaart geen cookies
plain-cookies-explanation = Zonder JavaScript kan uw plaats in de rij alleen in een cookie worden bewaard, en deze browser heeft de onze niet teruggestuurd. Sta cookies toe voor deze site, of zet JavaScript aan, en probeer het opnieuw.
plain-try-again = Opnieuw proberen

## Pages that say why there is no waiting room

sorry-later-headline = Een ogenblik, alstublieft
sorry-later-explanation =
    { $seconds ->
        [one] De wachtkamer kan nu niet antwoorden. Deze pagina probeert het over { $seconds } seconde vanzelf opnieuw; eerder opnieuw laden brengt u niet sneller binnen.
       *[other] De wachtkamer kan nu niet antwoorden. Deze pagina probeert het over { $seconds } seconden vanzelf opnieuw; eerder opnieuw laden brengt u niet sneller binnen.
    }
sorry-return-explanation = De link waarmee u kwam, noemt een adres waar deze wachtkamer niet naartoe leidt. Ga terug naar de site waar u vandaan komt en probeer het daar opnieuw.
sorry-unknown-headline = Deze wachtkamer bestaat niet
sorry-unknown-explanation = Controleer de link, of ga terug naar de site waar u vandaan komt en probeer het daar opnieuw.
sorry-other-headline = U kunt hiervandaan niet aansluiten
sorry-other-explanation = Ga terug naar de site waar u vandaan komt en probeer het daar opnieuw.
sorry-sign-in-explanation = De site waar u vandaan komt, vroeg om iets wat deze wachtkamer niet kan beantwoorden. Ga daarheen terug en probeer het opnieuw.
sorry-sign-in-why = Voor wie die site beheert:
sorry-signed-out-explanation = Uw plaats is teruggegeven. U kunt deze pagina sluiten.
