import type { Conversation } from './background.ts'

/** Was Cafés und Kantinen auf Deutsch schreiben. */
export const german: readonly Conversation[] = [
  {
    subjects: ['Rechnung {invoice} zweimal abgebucht', 'Doppelte Abbuchung {invoice}'],
    department: 'billing',
    priority: 'high',
    turns: [
      'Guten Tag,\n\ndie Rechnung {invoice} wurde am Montag und noch einmal am Mittwoch abgebucht. Bitte erstatten Sie den zweiten Betrag.\n\nMit freundlichen Grüßen\n{name}',
      'Guten Tag {name},\n\ndas tut mir leid. Die zweite Abbuchung war ein Fehler unserer Bank, der Betrag ist seit heute auf dem Rückweg zu Ihnen.\n\nViele Grüße\n{agent}',
      'Das Geld ist da, vielen Dank.',
    ],
  },
  {
    subjects: ['Mahlwerk blockiert', 'Mühle dreht nicht mehr'],
    priority: 'high',
    turns: [
      'Moin,\n\ndie große Mühle brummt nur noch und dreht nicht. Wir haben sie ausgemacht. Kann heute noch jemand kommen?\n\n{first}',
      'Moin {first},\n\nda steckt meistens ein Steinchen zwischen den Scheiben. Unser Techniker ist zwischen 13 und 15 Uhr bei Ihnen. Bitte so lange den Stecker ziehen.\n\n{agent}',
      'Es war ein Steinchen, so groß wie eine Linse. Läuft wieder!',
    ],
  },
  {
    subjects: ['Lieferung {order} unvollständig', 'Es fehlt ein Karton, Auftrag {order}'],
    turns: [
      'Hallo zusammen,\n\nvon drei Kartons sind nur zwei angekommen. Der Fahrer meinte, mehr habe er nicht. Auf dem Lieferschein stehen drei.\n\nGruß\n{first}',
      'Hallo {first},\n\nder dritte lag noch bei uns an der Rampe. Er geht heute raus und ist morgen bis 12 Uhr bei Ihnen.\n\n{agent}',
    ],
  },
  {
    subjects: ['Neue Lieferadresse ab nächstem Monat', 'Wir ziehen um'],
    turns: [
      'Liebes Team,\n\nab dem Ersten sitzen wir in der Speicherstraße 4, Hofeingang. Bitte die Lieferungen ab dann dorthin, die Rechnungen bleiben, wie sie sind.\n\nHerzliche Grüße\n{name}',
      'Guten Tag {name},\n\nnotiert: ab dem Ersten Speicherstraße 4, Hofeingang, Rechnung wie bisher. Soll der Fahrer klingeln oder gibt es einen Schlüsselkasten?\n\n{agent}',
      'Bitte klingeln, ab halb sieben ist jemand da.',
      'Steht so auf der Tour. Einen guten Umzug!\n\n{agent}',
    ],
  },
  {
    subjects: ['Kasse zeigt falschen Mehrwertsteuersatz', 'MwSt. beim Außer-Haus-Verkauf'],
    department: 'it',
    turns: [
      'Die Kasse rechnet Milchgetränke zum Mitnehmen mit 19 %. Unser Steuerberater sagt, ab drei Vierteln Milch sind es 7 %.',
      'Guten Tag {name},\n\nIhr Steuerberater hat recht. Ich habe Latte und Flat White auf 7 % gestellt, Filter bleibt bei 19 %. Bitte die Kasse einmal ab- und wieder anmelden.\n\n{agent}',
      'Stimmt jetzt. Danke!',
    ],
  },
  {
    subjects: ['Barista-Schulung für zwei Leute', 'Schulungstermin im nächsten Monat?'],
    priority: 'low',
    turns: [
      'Hallo, wir haben zwei Neue und würden sie gern zu einer Grundschulung schicken. Gibt es im nächsten Monat noch Plätze?',
      'Hallo {first},\n\nam zweiten Dienstag sind noch drei Plätze frei, 9 bis 16 Uhr, Mittag ist dabei. Soll ich zwei für Sie festhalten?\n\n{agent}',
      'Ja bitte, beide Namen schicke ich Ihnen noch.',
      'Die Plätze sind reserviert. Die Einladung kommt eine Woche vorher.\n\n{agent}',
    ],
  },
  {
    subjects: ['Wasserhärte und Filterwechsel', 'Filter schon nach drei Monaten voll?'],
    turns: [
      'Die Maschine verlangt schon wieder einen Filter, der letzte Wechsel war vor drei Monaten. Ist das normal?',
      'Guten Tag {name},\n\nbei 18 Grad deutscher Härte leider ja. Mit der größeren Kartusche kommen Sie auf sechs Monate; ich lege der nächsten Lieferung eine zum Preis der kleinen bei.\n\n{agent}',
    ],
  },
  {
    subjects: ['Gutschrift für zurückgegebene Säcke', 'Pfand für {order}'],
    department: 'billing',
    turns: [
      'Wir haben vor zwei Wochen 14 Mehrwegeimer zurückgegeben, auf der Rechnung {invoice} fehlt die Gutschrift.',
      'Guten Tag {name},\n\ndie Eimer sind gezählt, nur gebucht waren sie nicht. Die Gutschrift über 14 Stück geht heute raus.\n\n{agent}',
    ],
  },
  {
    subjects: ['Bohnen schmecken diesmal sauer', 'Röstung anders als sonst?'],
    turns: [
      'Unsere Gäste sagen, der Kaffee sei „spitz“. Wir haben nichts verändert, nur den neuen Sack aufgemacht.',
      'Hallo {first},\n\ndie neue Ernte ist heller geröstet. Bitte etwas feiner mahlen und die Temperatur auf 94 Grad stellen. Wenn es Ihnen dann noch zu spitz ist, tauschen wir den Sack.\n\n{agent}',
      'Mit 94 Grad ist er richtig gut. Danke für den Tipp!',
    ],
  },
  {
    subjects: ['Leihmaschine für das Sommerfest', 'Zweite Maschine für ein Wochenende'],
    turns: [
      'Hallo zusammen,\n\nfür unser Hoffest brauchen wir am übernächsten Wochenende eine zweite Maschine. Geht das, und was kostet es?\n\n{first}',
      'Hallo {first},\n\nja, die kleine Zweigruppige ist frei. 180 Euro für das Wochenende, Aufbau am Freitag und Abholung am Montag sind dabei. Einen 32-Ampere-Anschluss haben Sie?\n\n{agent}',
      'Haben wir im Hof. Bitte reservieren!',
      'Reserviert. Der Kollege ruft am Donnerstag davor noch einmal an.\n\n{agent}',
    ],
  },
  {
    subjects: ['Zugang zum Bestellportal', 'Kennwort für den Shop vergessen'],
    department: 'it',
    turns: [
      'Guten Morgen, meine Kollegin ist im Urlaub und ich komme nicht in das Bestellportal. Können Sie mir einen eigenen Zugang geben?',
      'Guten Morgen {first},\n\nIhr eigener Zugang ist angelegt, die Einladung liegt in Ihrem Postfach. Bestellen können Sie damit sofort.\n\n{agent}',
    ],
  },
  {
    subjects: ['Becher bitte ohne Aufdruck', 'Neutrale Becher statt bedruckter?'],
    priority: 'low',
    turns: [
      'Beim letzten Mal kamen Becher mit Ihrem Logo, wir nehmen sonst die neutralen. Bitte beim nächsten Mal wieder ohne.',
      'Guten Tag {first},\n\ndie neutralen waren kurz ausverkauft, ich hätte vorher fragen sollen. Ab der nächsten Lieferung kommen sie wieder; die bedruckten haben wir Ihnen um die Hälfte gutgeschrieben.\n\n{agent}',
      'Sehr fair, danke.',
    ],
  },
  {
    subjects: ['Lieferschein {order} fehlt', 'Bitte Lieferschein nachreichen'],
    department: 'billing',
    turns: [
      'Sehr geehrte Damen und Herren,\n\nzur Lieferung {order} liegt uns kein Lieferschein vor. Die Küche hat ihn wohl weggeworfen. Könnten Sie ihn noch einmal schicken?\n\nMit freundlichem Gruß\n{name}',
      'Guten Tag {first},\n\nder Lieferschein liegt jetzt in Ihrem Konto unter „Dokumente“, zusammen mit denen der letzten drei Monate.\n\n{agent}',
    ],
  },
]
