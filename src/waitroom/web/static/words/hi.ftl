# The texts of the waiting-room page in Hindi; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "आप".

## The frame of the page

room-name = प्रतीक्षा कक्ष
language = भाषा
close = बंद करें

## Before the opening

early-headline = कतार अभी नहीं खुली है
early-when = खुलने का समय: { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }
early-explanation = यह पेज खुला रखें: कतार खुलते ही आपको अपने आप जगह मिल जाएगी। पेज दोबारा लोड करने से आप पहले अंदर नहीं पहुँचेंगे।
early-now-headline = कतार खुल रही है
early-now-explanation = कुछ ही पलों में आपको अपने आप जगह मिल जाएगी।
early-last-minute = कतार एक मिनट से भी कम समय में खुलेगी।
countdown-days =
    { $count ->
        [one] दिन
       *[other] दिन
    }
countdown-hours =
    { $count ->
        [one] घंटा
       *[other] घंटे
    }
countdown-minutes =
    { $count ->
        [one] मिनट
       *[other] मिनट
    }
countdown-seconds =
    { $count ->
        [one] सेकंड
       *[other] सेकंड
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = कतार में आपकी जगह ली जा रही है
joining-explanation = इसमें बस एक पल लगेगा।

## Waiting

mark-waiting = आप कतार में हैं
mark-near = आपकी बारी आने ही वाली है
mark-paused = रुकी हुई
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] व्यक्ति आपसे आगे
       *[other] लोग आपसे आगे
    }
next-figure = अगली बारी आपकी है
next-label = कतार में आपसे आगे कोई नहीं है।
progress-label = कतार में आपकी प्रगति
progress-start = आप जुड़े
progress-end = आपकी बारी
number-label = आपका नंबर
number-figure = { $number }
serving-label = अभी का नंबर
serving-figure = { $serving }
wait-label = अनुमानित प्रतीक्षा

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = एक मिनट से कम
wait-minutes =
    { $minutes ->
        [one] लगभग { $minutes } मिनट
       *[other] लगभग { $minutes } मिनट
    }
wait-hours =
    { $hours ->
        [one] लगभग { $hours } घंटा
       *[other] लगभग { $hours } घंटे
    }
wait-up-to-minutes =
    { $minutes ->
        [one] { $minutes } मिनट तक
       *[other] { $minutes } मिनट तक
    }
wait-up-to-hours =
    { $hours ->
        [one] { $hours } घंटे तक
       *[other] { $hours } घंटे तक
    }
wait-range-minutes =
    { $high ->
        [one] लगभग { $low } से { $high } मिनट
       *[other] लगभग { $low } से { $high } मिनट
    }
wait-range-hours =
    { $high ->
        [one] लगभग { $low } से { $high } घंटा
       *[other] लगभग { $low } से { $high } घंटे
    }
wait-range-minutes-hours =
    { $high ->
        [one] लगभग { $low } मिनट से { $high } घंटा
       *[other] लगभग { $low } मिनट से { $high } घंटे
    }
wait-minutes-or-more =
    { $minutes ->
        [one] लगभग { $minutes } मिनट या ज़्यादा
       *[other] लगभग { $minutes } मिनट या ज़्यादा
    }
wait-hours-or-more =
    { $hours ->
        [one] लगभग { $hours } घंटा या ज़्यादा
       *[other] लगभग { $hours } घंटे या ज़्यादा
    }
wait-long = { $hours } घंटे से ज़्यादा
wait-unclear = अभी साफ़ नहीं
wait-unknown = अभी पता नहीं
wait-on-hold = रुकी हुई
wait-for-room = जगह होने तक
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] दस में से नौ लोगों को { $minutes } मिनट से ज़्यादा इंतज़ार नहीं करना पड़ता।
       *[other] दस में से नौ लोगों को { $minutes } मिनट से ज़्यादा इंतज़ार नहीं करना पड़ता।
    }
sure-hours =
    { $hours ->
        [one] दस में से नौ लोगों को { $hours } घंटे से ज़्यादा इंतज़ार नहीं करना पड़ता।
       *[other] दस में से नौ लोगों को { $hours } घंटे से ज़्यादा इंतज़ार नहीं करना पड़ता।
    }
sure-rough = यह मोटा अनुमान है: कतार एक जैसी गति से नहीं बढ़ रही।
sure-unknown = कतार के कुछ देर आगे बढ़ने पर अनुमान दिखेगा।
sure-paused = कतार आगे बढ़ने पर प्रतीक्षा फिर शुरू होगी।

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = कतार थोड़ी देर के लिए रुकी है। आपकी जगह बनी रहेगी।
closed-note = कतार में अब कोई नया नहीं लिया जा रहा। आपकी जगह बनी रहेगी।
changed-held = साइट पर भीड़ है, इसलिए कतार फ़िलहाल धीमी है। आपकी जगह बनी रहेगी।
changed-slower = कतार पहले से धीमी चल रही है, इसलिए प्रतीक्षा बढ़ गई है।
changed-faster = कतार पहले से तेज़ चल रही है, इसलिए प्रतीक्षा घट गई है।
notice-carried = आपकी जगह आपके दूसरे डिवाइस से यहाँ आ गई है।
notice-carry-behind = उस लिंक वाली जगह यहाँ की आपकी जगह से पीछे है, इसलिए आपकी यही जगह रहेगी।
notice-carry-refused = उस लिंक वाली जगह अब मान्य नहीं है।

## What happens next, under the figures while waiting

next-goes-on = आपकी बारी आने पर यह पेज आपको अपने आप आगे ले जाएगा।
next-says-so = आपकी बारी आने पर यह पेज आपको बता देगा।
next-kept-minutes =
    { $minutes ->
        [one] अगर आप उस समय यहाँ न हों, तो आपकी जगह { $minutes } मिनट तक रखी जाएगी।
       *[other] अगर आप उस समय यहाँ न हों, तो आपकी जगह { $minutes } मिनट तक रखी जाएगी।
    }
next-kept-hours =
    { $hours ->
        [one] अगर आप उस समय यहाँ न हों, तो आपकी जगह { $hours } घंटे तक रखी जाएगी।
       *[other] अगर आप उस समय यहाँ न हों, तो आपकी जगह { $hours } घंटे तक रखी जाएगी।
    }
next-kept = अगर आप उस समय यहाँ न हों, तो भी आपकी जगह रखी जाएगी।
hint-kept = आपकी जगह इस ब्राउज़र में सहेजी हुई है: आप यह पेज दोबारा लोड कर सकते हैं, या बंद करके फिर लौट सकते हैं।
hint-fragile = यह ब्राउज़र कुछ नहीं सहेजता: पेज बंद करने या दोबारा लोड करने पर आपकी जगह चली जाएगी। इसे खुला रखें, या अपनी जगह किसी दूसरे डिवाइस पर ले जाएँ।

## Your turn

turn-headline = आपकी बारी आ गई
turn-explanation = आपके लिए दरवाज़ा खुल रहा है…
door-headline = आप दरवाज़े पर हैं
door-paused = फ़िलहाल किसी को अंदर नहीं भेजा जा रहा। कतार आगे बढ़ते ही आप अंदर जाएँगे।
door-full = आपका नंबर आ गया है, लेकिन साइट फ़िलहाल भरी हुई है। जगह होते ही आप अंदर जाएँगे।
take-by-label = आपकी जगह इतनी देर और रखी जाएगी
admitted-going = आपको वहाँ ले जाया जा रहा है…
admitted-held = आगे जाने के लिए “जारी रखें” चुनें।
admitted-elsewhere = आपको अंदर आने की अनुमति मिल गई है और यह दूसरे टैब में हो रहा है। इस टैब में आगे जाने के लिए “जारी रखें” चुनें।
admitted-here = आप अंदर आ सकते हैं।
admission-label = आपका प्रवेश इतनी देर और मान्य है
continue = जारी रखें

## The place is gone

reset-headline = कतार नए सिरे से शुरू हुई है
reset-explanation = आयोजक ने यह कतार दोबारा शुरू की है; पहले की जगहें अब मान्य नहीं हैं। आप नई कतार में लग सकते हैं।
expired-headline = आपकी जगह का समय निकल गया
expired-explanation = आपका नंबर पुकारा गया था, लेकिन समय पर जगह नहीं ली गई। आप फिर से कतार के अंत में लग सकते हैं।
expired-minutes =
    { $minutes ->
        [one] आपका नंबर { $number } पुकारा गया और जगह { $minutes } मिनट तक रखी गई, लेकिन उस दौरान ली नहीं गई। आप फिर से कतार के अंत में लग सकते हैं।
       *[other] आपका नंबर { $number } पुकारा गया और जगह { $minutes } मिनट तक रखी गई, लेकिन उस दौरान ली नहीं गई। आप फिर से कतार के अंत में लग सकते हैं।
    }
expired-hours =
    { $hours ->
        [one] आपका नंबर { $number } पुकारा गया और जगह { $hours } घंटे तक रखी गई, लेकिन उस दौरान ली नहीं गई। आप फिर से कतार के अंत में लग सकते हैं।
       *[other] आपका नंबर { $number } पुकारा गया और जगह { $hours } घंटे तक रखी गई, लेकिन उस दौरान ली नहीं गई। आप फिर से कतार के अंत में लग सकते हैं।
    }
left-headline = आपने कतार छोड़ दी
left-explanation = आपकी जगह छोड़ दी गई है। अगर आप फिर भी अंदर जाना चाहें, तो कतार के अंत में दोबारा लग सकते हैं।
ended-headline = आपकी विज़िट समाप्त हो गई
ended-explanation = इस जगह से आप अंदर जा चुके हैं और वह विज़िट समाप्त हो गई है। फिर आने के लिए कतार में दोबारा लगें।
over-headline = आपके प्रवेश का समय समाप्त हो गया
over-explanation = आपको अंदर आने दिया गया था और आपका समय पूरा हो गया है। फिर आने के लिए कतार में दोबारा लगें।
again = कतार में दोबारा लगें

## There is no line to be in

closed-headline = यह कतार बंद है
closed-explanation = फ़िलहाल किसी को नहीं लिया जा रहा। यह पेज खुला रखें: कतार खुलते ही आपको जगह मिल जाएगी।
soldout-headline = सब बिक गया
soldout-explanation = सब कुछ बिक चुका है, इसलिए कतार में अब किसी को नहीं लिया जा रहा।
soldout-kept = सब कुछ बिक चुका है, इसलिए अब और किसी को अंदर नहीं भेजा जाएगा। हमें खेद है। अगर कुछ बदलता है, तो आपका नंबर { $number } बना रहेगा।
unknown-headline = यहाँ कोई कतार नहीं है
unknown-explanation = हो सकता है पता ग़लत लिखा हो या आयोजन समाप्त हो गया हो। कृपया वह लिंक जाँचें जिससे आप यहाँ आए।
astray-headline = हम आपको यहाँ से आगे नहीं भेज सकते
astray-explanation = यह पेज वहाँ नहीं ले जाता जहाँ से आप आए, या बहुत देर तक खुला रहा। कृपया वहाँ लौटकर फिर कोशिश करें।

## How things stand between page and server

fresh-connecting = कनेक्ट हो रहा है…
fresh-now = अभी-अभी अपडेट हुआ
fresh-seconds =
    { $seconds ->
        [one] { $seconds } सेकंड पहले अपडेट हुआ
       *[other] { $seconds } सेकंड पहले अपडेट हुआ
    }
fresh-minutes =
    { $minutes ->
        [one] { $minutes } मिनट पहले अपडेट हुआ
       *[other] { $minutes } मिनट पहले अपडेट हुआ
    }
fresh-rarely = यह पेज हर आधे मिनट में फिर देखता है।
trouble-offline = कनेक्शन टूट गया। फिर कोशिश हो रही है…
trouble-busy = अभी बहुत भीड़ है। फिर कोशिश हो रही है…
trouble-offline-kept = कनेक्शन टूट गया। आपकी जगह सुरक्षित है। फिर कोशिश हो रही है…
trouble-busy-kept = अभी बहुत भीड़ है। आपकी जगह सुरक्षित है। फिर कोशिश हो रही है…

## From the organiser

message-label = आयोजक की ओर से

## Tell me when it's my turn

call-button = मेरी बारी आने पर मुझे बताएँ
call-explanation = यह पेज खुला रखें और तब तक कुछ और करें। आपकी बारी आने पर यह आपको बुलाएगा और अपने आप आगे बढ़ेगा।
call-sound = आवाज़ बजाएँ
call-vibration = वाइब्रेट करें
call-notification = सूचना दिखाएँ
call-screen = स्क्रीन चालू रखें
call-try = अभी सुनें
call-notification-refused = आपका ब्राउज़र इस पेज को सूचनाएँ दिखाने नहीं देता। आप इसे उसकी सेटिंग में बदल सकते हैं।
call-screen-refused = आपका डिवाइस इस पेज को स्क्रीन चालू रखने नहीं देता।
call-notice = आपकी बारी आ गई
call-notice-text = { $title }: आप अंदर आ सकते हैं।

## Take my place to another device

device-button = मेरी जगह दूसरे डिवाइस पर ले जाएँ
device-explanation = दूसरे डिवाइस से कोड स्कैन करें, या वहाँ लिंक खोलें। आपकी जगह यहाँ भी मान्य रहेगी।
device-warning = जिसके पास यह लिंक है, उसके पास आपकी जगह है। इसे किसी को न दें।
device-code = आपकी जगह के लिंक वाला QR कोड
device-link = आपकी जगह का लिंक
device-copy = लिंक कॉपी करें
device-copied = कॉपी हो गया
device-not-copied = लिंक चुना हुआ है: इसे यहाँ से कॉपी करें।
device-share = साझा करें…
device-share-title = कतार में मेरी जगह: { $title }

## Leave the line

leave-button = कतार छोड़ें
leave-headline = कतार छोड़ें?
leave-explanation = तब आपका नंबर { $number } हमेशा के लिए चला जाएगा। लौटने के लिए आपको फिर से कतार के अंत में लगना होगा।
leave-confirm = मेरी जगह छोड़ें
leave-stay = कतार में रहें
leave-failed = यह नहीं हो पाया; आप अब भी कतार में हैं। कृपया फिर कोशिश करें।

## Told to screen readers, when it changes

spoken-number = कतार में आपका नंबर { $number } है।
spoken-crowd =
    { $people ->
        [one] आपसे आगे { $people } से कम व्यक्ति।
       *[other] आपसे आगे { $people } से कम लोग।
    }
spoken-next = अगली बारी आपकी है।

## The page without JavaScript: what it says besides the above

plain-opens = खुलने का समय: { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC।
plain-opens-days =
    { $days ->
        [one] यानी लगभग { $days } दिन में।
       *[other] यानी लगभग { $days } दिनों में।
    }
plain-opens-hours =
    { $hours ->
        [one] यानी लगभग { $hours } घंटे में।
       *[other] यानी लगभग { $hours } घंटों में।
    }
plain-opens-minutes =
    { $minutes ->
        [one] यानी लगभग { $minutes } मिनट में।
       *[other] यानी लगभग { $minutes } मिनट में।
    }
plain-opens-now = यानी एक मिनट से भी कम समय में।
plain-looks =
    { $seconds ->
        [one] यह पेज { $seconds } सेकंड में अपने आप अपडेट होगा।
       *[other] यह पेज { $seconds } सेकंड में अपने आप अपडेट होगा।
    }
plain-rests = यह पेज अब अपने आप अपडेट नहीं होता।
plain-look = अभी अपडेट करें
plain-rest = अपने आप अपडेट करना रोकें
plain-go-on = फिर से अपने आप अपडेट करें
plain-cookies-headline = यह ब्राउज़र कुकी नहीं रखता
plain-cookies-explanation = JavaScript के बिना कतार में आपकी जगह सिर्फ़ एक कुकी में सहेजी जा सकती है, और इस ब्राउज़र ने हमारी कुकी वापस नहीं भेजी। कृपया इस साइट के लिए कुकी की अनुमति दें, या JavaScript चालू करें, और फिर कोशिश करें।
plain-try-again = फिर कोशिश करें

## Pages that say why there is no waiting room

sorry-later-headline = कृपया एक पल रुकें
sorry-later-explanation =
    { $seconds ->
        [one] प्रतीक्षा कक्ष अभी जवाब नहीं दे पा रहा। यह पेज { $seconds } सेकंड में अपने आप फिर कोशिश करेगा; इसे पहले दोबारा लोड करने से आप जल्दी अंदर नहीं पहुँचेंगे।
       *[other] प्रतीक्षा कक्ष अभी जवाब नहीं दे पा रहा। यह पेज { $seconds } सेकंड में अपने आप फिर कोशिश करेगा; इसे पहले दोबारा लोड करने से आप जल्दी अंदर नहीं पहुँचेंगे।
    }
sorry-return-explanation = जिस लिंक से आप आए, वह ऐसे पते पर ले जाता है जहाँ यह प्रतीक्षा कक्ष नहीं पहुँचाता। कृपया उस साइट पर लौटें जहाँ से आप आए और वहाँ फिर कोशिश करें।
sorry-unknown-headline = ऐसा कोई प्रतीक्षा कक्ष नहीं है
sorry-unknown-explanation = कृपया लिंक जाँचें, या उस साइट पर लौटें जहाँ से आप आए और वहाँ फिर कोशिश करें।
sorry-other-headline = आप यहाँ से कतार में नहीं लग सकते
sorry-other-explanation = कृपया उस साइट पर लौटें जहाँ से आप आए और वहाँ फिर कोशिश करें।
sorry-sign-in-explanation = जिस साइट से आप आए, उसने ऐसा कुछ माँगा जिसका जवाब यह प्रतीक्षा कक्ष नहीं दे सकता। कृपया वहाँ लौटकर फिर कोशिश करें।
sorry-sign-in-why = उस साइट की देखभाल करने वालों के लिए:
sorry-signed-out-explanation = आपकी जगह लौटा दी गई है। आप यह पेज बंद कर सकते हैं।
