# The texts of the waiting-room page in French; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "vous".

## The frame of the page

room-name = Salle d’attente
language = Langue
close = Fermer

## Before the opening

early-headline = La file n’est pas encore ouverte
early-when = Ouverture le { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Laissez cette page ouverte : elle vous donnera une place d’elle-même dès l’ouverture de la file. La recharger ne vous fera pas entrer plus tôt.
early-now-headline = La file s’ouvre
early-now-explanation = Vous recevez votre place dans quelques instants, automatiquement.
early-last-minute = La file s’ouvre dans moins d’une minute.
countdown-days =
    { $count ->
        [one] jour
        [many] jours
       *[other] jours
    }
countdown-hours =
    { $count ->
        [one] heure
        [many] heures
       *[other] heures
    }
countdown-minutes =
    { $count ->
        [one] minute
        [many] minutes
       *[other] minutes
    }
countdown-seconds =
    { $count ->
        [one] seconde
        [many] secondes
       *[other] secondes
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Nous vous attribuons une place
joining-explanation = Cela ne prend qu’un instant.

## Waiting

mark-waiting = Vous êtes dans la file
mark-near = C’est presque à vous
mark-paused = En pause
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] personne devant vous
        [many] de personnes devant vous
       *[other] personnes devant vous
    }
next-figure = C’est bientôt à vous
next-label = Il n’y a plus personne devant vous.
progress-label = Votre progression dans la file
progress-start = Votre arrivée
progress-end = Votre tour
number-label = Votre numéro
number-figure = { $number }
serving-label = Numéro appelé
serving-figure = { $serving }
wait-label = Attente estimée

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = moins d’une minute
wait-minutes =
    { $minutes ->
        [one] environ { $minutes } minute
        [many] environ { $minutes } minutes
       *[other] environ { $minutes } minutes
    }
wait-hours =
    { $hours ->
        [one] environ { $hours } heure
        [many] environ { $hours } heures
       *[other] environ { $hours } heures
    }
wait-up-to-minutes =
    { $minutes ->
        [one] jusqu’à { $minutes } minute
        [many] jusqu’à { $minutes } minutes
       *[other] jusqu’à { $minutes } minutes
    }
wait-up-to-hours =
    { $hours ->
        [one] jusqu’à { $hours } heure
        [many] jusqu’à { $hours } heures
       *[other] jusqu’à { $hours } heures
    }
wait-range-minutes =
    { $high ->
        [one] environ { $low } à { $high } minute
        [many] environ { $low } à { $high } minutes
       *[other] environ { $low } à { $high } minutes
    }
wait-range-hours =
    { $high ->
        [one] environ { $low } à { $high } heure
        [many] environ { $low } à { $high } heures
       *[other] environ { $low } à { $high } heures
    }
wait-range-minutes-hours =
    { $high ->
        [one] environ { $low } minutes à { $high } heure
        [many] environ { $low } minutes à { $high } heures
       *[other] environ { $low } minutes à { $high } heures
    }
wait-minutes-or-more =
    { $minutes ->
        [one] environ { $minutes } minute ou plus
        [many] environ { $minutes } minutes ou plus
       *[other] environ { $minutes } minutes ou plus
    }
wait-hours-or-more =
    { $hours ->
        [one] environ { $hours } heure ou plus
        [many] environ { $hours } heures ou plus
       *[other] environ { $hours } heures ou plus
    }
wait-long = plus de { $hours } heures
wait-unclear = encore incertaine
wait-unknown = pas encore connue
wait-on-hold = en pause
wait-for-room = jusqu’à ce qu’une place se libère
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Neuf personnes sur dix n’attendent pas plus de { $minutes } minute.
        [many] Neuf personnes sur dix n’attendent pas plus de { $minutes } minutes.
       *[other] Neuf personnes sur dix n’attendent pas plus de { $minutes } minutes.
    }
sure-hours =
    { $hours ->
        [one] Neuf personnes sur dix n’attendent pas plus de { $hours } heure.
        [many] Neuf personnes sur dix n’attendent pas plus de { $hours } heures.
       *[other] Neuf personnes sur dix n’attendent pas plus de { $hours } heures.
    }
sure-rough = Estimation approximative : la file n’avance pas régulièrement.
sure-unknown = Une estimation apparaîtra quand la file aura avancé un moment.
sure-paused = L’attente reprendra en même temps que la file.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = La file est en pause pour un moment. Vous gardez votre place.
closed-note = La file n’accepte plus personne. Vous gardez votre place.
changed-held = Le site est très sollicité, la file est donc ralentie pour le moment. Vous gardez votre place.
changed-slower = La file avance moins vite qu’avant, l’attente est donc plus longue.
changed-faster = La file avance plus vite qu’avant, l’attente est donc plus courte.
notice-carried = Votre place est bien arrivée de votre autre appareil.
notice-carry-behind = La place de ce lien est plus loin que celle que vous avez ici ; vous gardez donc la vôtre.
notice-carry-refused = La place de ce lien n’est plus valable.

## What happens next, under the figures while waiting

next-goes-on = Quand ce sera votre tour, cette page vous fera entrer d’elle-même.
next-says-so = Quand ce sera votre tour, cette page vous le dira.
next-kept-minutes =
    { $minutes ->
        [one] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $minutes } minute.
        [many] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $minutes } minutes.
       *[other] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $minutes } minutes.
    }
next-kept-hours =
    { $hours ->
        [one] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $hours } heure.
        [many] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $hours } heures.
       *[other] Si vous n’êtes pas là à ce moment, votre place vous est gardée { $hours } heures.
    }
next-kept = Si vous n’êtes pas là à ce moment, votre place vous est gardée.
hint-kept = Votre place est conservée dans ce navigateur : vous pouvez recharger cette page, ou la fermer et revenir.
hint-fragile = Ce navigateur ne conserve rien : si vous fermez ou rechargez cette page, vous perdez votre place. Laissez-la ouverte, ou emportez votre place sur un autre appareil.

## Your turn

turn-headline = C’est à vous
turn-explanation = Nous vous ouvrons la porte…
door-headline = Vous êtes devant la porte
door-paused = Personne n’entre pour le moment. Vous entrerez dès que la file reprendra.
door-full = Votre numéro est appelé, mais le site est complet pour l’instant. Vous entrerez dès qu’une place se libérera.
take-by-label = Votre place vous est gardée encore
admitted-going = Nous vous y conduisons…
admitted-held = Choisissez « Continuer » pour entrer.
admitted-elsewhere = C’est votre tour, et vous entrez par un autre onglet. Choisissez « Continuer » pour entrer par celui-ci.
admitted-here = Vous pouvez entrer.
admission-label = Votre accès reste valable
continue = Continuer

## The place is gone

reset-headline = La file a été relancée
reset-explanation = L’organisateur a remis cette file à zéro ; les places précédentes ne comptent plus. Vous pouvez rejoindre la nouvelle file.
expired-headline = Votre place a expiré
expired-explanation = Votre numéro a été appelé, mais la place n’a pas été prise à temps. Vous pouvez rejoindre la file, à la fin.
expired-minutes =
    { $minutes ->
        [one] Votre numéro { $number } a été appelé et gardé pendant { $minutes } minute, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
        [many] Votre numéro { $number } a été appelé et gardé pendant { $minutes } minutes, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
       *[other] Votre numéro { $number } a été appelé et gardé pendant { $minutes } minutes, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
    }
expired-hours =
    { $hours ->
        [one] Votre numéro { $number } a été appelé et gardé pendant { $hours } heure, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
        [many] Votre numéro { $number } a été appelé et gardé pendant { $hours } heures, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
       *[other] Votre numéro { $number } a été appelé et gardé pendant { $hours } heures, sans que la place soit prise. Vous pouvez rejoindre la file, à la fin.
    }
left-headline = Vous avez quitté la file
left-explanation = Votre place a été rendue. Si vous voulez tout de même entrer, vous pouvez rejoindre la file, à la fin.
ended-headline = Votre visite est terminée
ended-explanation = Cette place vous a déjà permis d’entrer, et cette visite est terminée. Pour revenir, rejoignez la file.
over-headline = Votre accès a expiré
over-explanation = Vous avez pu entrer, et le temps prévu est écoulé. Pour revenir, rejoignez la file.
again = Rejoindre la file

## There is no line to be in

closed-headline = Cette file est fermée
closed-explanation = Personne n’est accepté pour le moment. Laissez cette page ouverte : vous recevrez une place dès qu’elle s’ouvrira.
soldout-headline = Épuisé
soldout-explanation = Tout est parti, la file n’accepte donc plus personne.
soldout-kept = Tout est parti, plus personne n’entre donc. Nous en sommes désolés. Vous gardez votre numéro { $number }, au cas où cela changerait.
unknown-headline = Il n’y a pas de file ici
unknown-explanation = L’adresse est peut-être mal saisie, ou l’événement est terminé. Vérifiez le lien que vous avez suivi.
astray-headline = Nous ne pouvons pas vous faire continuer d’ici
astray-explanation = Cette page ne mène pas à l’endroit d’où vous venez, ou elle est restée ouverte trop longtemps. Retournez-y et réessayez.

## How things stand between page and server

fresh-connecting = Connexion…
fresh-now = Actualisé à l’instant
fresh-seconds =
    { $seconds ->
        [one] Actualisé il y a { $seconds } seconde
        [many] Actualisé il y a { $seconds } secondes
       *[other] Actualisé il y a { $seconds } secondes
    }
fresh-minutes =
    { $minutes ->
        [one] Actualisé il y a { $minutes } minute
        [many] Actualisé il y a { $minutes } minutes
       *[other] Actualisé il y a { $minutes } minutes
    }
fresh-rarely = Cette page se met à jour toutes les trente secondes.
trouble-offline = Connexion perdue. Nouvel essai…
trouble-busy = Beaucoup de monde en ce moment. Nouvel essai…
trouble-offline-kept = Connexion perdue. Votre place est conservée. Nouvel essai…
trouble-busy-kept = Beaucoup de monde en ce moment. Votre place est conservée. Nouvel essai…

## From the organiser

message-label = Message de l’organisateur

## Tell me when it's my turn

call-button = Prévenez-moi quand c’est mon tour
call-explanation = Laissez cette page ouverte et faites autre chose en attendant. Quand ce sera votre tour, elle vous appellera et continuera d’elle-même.
call-sound = Jouer un son
call-vibration = Vibrer
call-notification = Afficher une notification
call-screen = Garder l’écran allumé
call-try = Écouter le son
call-notification-refused = Votre navigateur n’autorise pas cette page à afficher des notifications. Vous pouvez changer cela dans ses réglages.
call-screen-refused = Votre appareil n’autorise pas cette page à garder l’écran allumé.
call-notice = C’est à vous
call-notice-text = { $title } : vous pouvez entrer.

## Take my place to another device

device-button = Emporter ma place sur un autre appareil
device-explanation = Scannez le code avec l’autre appareil, ou ouvrez-y le lien. Votre place reste valable ici aussi.
device-warning = Quiconque a ce lien a votre place. Ne le donnez à personne.
device-code = Code QR avec le lien vers votre place
device-link = Lien vers votre place
device-copy = Copier le lien
device-copied = Copié
device-not-copied = Le lien est sélectionné : copiez-le d’ici.
device-share = Partager…
device-share-title = Ma place dans la file : { $title }

## Leave the line

leave-button = Quitter la file
leave-headline = Quitter la file ?
leave-explanation = Votre numéro { $number } sera définitivement rendu. Pour revenir, il faudrait rejoindre la file, à la fin.
leave-confirm = Rendre ma place
leave-stay = Rester dans la file
leave-failed = Cela n’a pas fonctionné ; vous êtes toujours dans la file. Veuillez réessayer.

## Told to screen readers, when it changes

spoken-number = Vous avez le numéro { $number } dans la file.
spoken-crowd =
    { $people ->
        [one] Moins de { $people } personne devant vous.
        [many] Moins de { $people } de personnes devant vous.
       *[other] Moins de { $people } personnes devant vous.
    }
spoken-next = C’est bientôt votre tour.

## The page without JavaScript: what it says besides the above

plain-opens = Ouverture le { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] C’est dans environ { $days } jour.
        [many] C’est dans environ { $days } jours.
       *[other] C’est dans environ { $days } jours.
    }
plain-opens-hours =
    { $hours ->
        [one] C’est dans environ { $hours } heure.
        [many] C’est dans environ { $hours } heures.
       *[other] C’est dans environ { $hours } heures.
    }
plain-opens-minutes =
    { $minutes ->
        [one] C’est dans environ { $minutes } minute.
        [many] C’est dans environ { $minutes } minutes.
       *[other] C’est dans environ { $minutes } minutes.
    }
plain-opens-now = C’est dans moins d’une minute.
plain-looks =
    { $seconds ->
        [one] Cette page se met à jour d’elle-même dans { $seconds } seconde.
        [many] Cette page se met à jour d’elle-même dans { $seconds } secondes.
       *[other] Cette page se met à jour d’elle-même dans { $seconds } secondes.
    }
plain-rests = Cette page ne se met plus à jour d’elle-même.
plain-look = Mettre à jour maintenant
plain-rest = Arrêter la mise à jour automatique
plain-go-on = Reprendre la mise à jour automatique
plain-cookies-headline = Ce navigateur ne conserve pas de cookies
plain-cookies-explanation = Sans JavaScript, votre place ne peut être conservée que dans un cookie, et ce navigateur ne nous l’a pas renvoyé. Autorisez les cookies pour ce site, ou activez JavaScript, puis réessayez.
plain-try-again = Réessayer

## Pages that say why there is no waiting room

sorry-later-headline = Un instant, s’il vous plaît
sorry-later-explanation =
    { $seconds ->
        [one] La salle d’attente ne peut pas répondre pour le moment. Cette page réessaiera d’elle-même dans { $seconds } seconde ; la recharger avant ne vous fera pas entrer plus vite.
        [many] La salle d’attente ne peut pas répondre pour le moment. Cette page réessaiera d’elle-même dans { $seconds } secondes ; la recharger avant ne vous fera pas entrer plus vite.
       *[other] La salle d’attente ne peut pas répondre pour le moment. Cette page réessaiera d’elle-même dans { $seconds } secondes ; la recharger avant ne vous fera pas entrer plus vite.
    }
sorry-return-explanation = Le lien que vous avez suivi indique une adresse à laquelle cette salle d’attente ne mène pas. Retournez sur le site d’où vous venez et réessayez.
sorry-unknown-headline = Cette salle d’attente n’existe pas
sorry-unknown-explanation = Vérifiez le lien, ou retournez sur le site d’où vous venez et réessayez.
sorry-other-headline = Vous ne pouvez pas rejoindre la file d’ici
sorry-other-explanation = Retournez sur le site d’où vous venez et réessayez.
sorry-sign-in-explanation = Le site d’où vous venez a demandé quelque chose à quoi cette salle d’attente ne peut pas répondre. Retournez-y et réessayez.
sorry-sign-in-why = Pour les responsables de ce site :
sorry-signed-out-explanation = Votre place a été rendue. Vous pouvez fermer cette page.
