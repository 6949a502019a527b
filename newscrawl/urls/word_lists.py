"""Words in URLs: query parameters that do not identify a page, and path segments that tell lists from articles.

All are lower-case. The tables up to `TOPIC_LISTS` decide URL keys: increment `NORMALIZER_VERSION` of
`newscrawl.urls.normalize` with any change to them, except to `CONTENT_PARAMETERS`. Those from `TAXONOMY` on only affect
scores.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


TRACKING_PREFIXES: Final = (
    "mc_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "_hs", "__hs", "wt_", "wt.", "gaa_", "ga_", "_ga", "_gcl_",
    "gad_", "ns_", "at_custom", "at_recipient_", "fb_", "vero_", "oly_", "guce_", "stm_", "itm_", "otm_", "hmb_",
    "dpg_", "bsft_", "cm_mmc", "adjust_", "_branch_", "_sgm_", "ml_subscriber", "mindbox-", "elqtrack",
    "oft_", "aff_", "tblci", "dicbo",
)  # fmt: skip
"""Parameters with these prefixes are dropped whatever their value, like those of `TRACKING`."""
TRACKING: Final = _words("""
    fbclid gclid gclsrc dclid wbraid gbraid gad msclkid yclid ysclid ymclid twclid ttclid irclickid irgwc
    ir_campaignid ir_adid ir_partnerid igshid igsh
    li_fat_id epik srsltid rb_clickid unicorn_click_id sscid tduid awc admitad_uid gps_adid erid wickedid mkt_tok cmpid
    cmp campid campaign_id icid ocid ncid smid smtyp mbid ito xtor maca trk trkcampaign s_cid s_kwcid s_campaign
    _gl __twitter_impression __tn__ ref_src ref_url referrer referer action_object_map action_type_map action_ref_map
    obOrigUrl sharetoken share_token xing_share feedname feedtype guccounter soc_src soc_trk soc_ssp taid echobox
    at_medium at_campaign at_link_id at_link_type at_link_origin at_format at_ptr_name at_bbc_team intcmp int_cmp
    intcid iclid traffic_source tracking_source nx_source zanpid kwcid ef_id _openstat amp_js_v amp_gsa usqp pcampaignid
    cx_testid cx_testvariant cx_artpos cx_experienceid cx_click cx_recsorder cx_recswidget recirc_id ao_noptimize
    nocache replytocom like_comment _wpnonce n_cid trackid tpcc wtrid spm os_ehash hsctatracking hslang
    cmpscreencustom _kx _clde _cldee _bhlid bbeml et_rid sc_customer sc_eh sc_uid ss_email_id vgo_ee vc_lpp ebisadid
    oprtrack ck_subscriber_id _io_session_id __io_lv _zucks_suid asgtbndr elqaid elqat elqcampaignid
    _x_tr_sl _x_tr_tl _x_tr_hl _x_tr_pto
    _x_tr_sch ftag wprss ftcamp srnd dlbk zarsrc wt_zmc rssfeed rss_source
    """)
"""Dropped whatever their value. Names that some sites use for content (`cid`, `id`, `sid`, `p`, `s`, `linkid`, `adid`)
are excluded. Compared with what ClearURLs, AdGuard and Brave drop on all sites (November 2026): names on their lists
that a news site may use for content (`ref`, `mc`, `cuid`, `maf`, `var`, `clickid`, `__s`) are excluded too."""

CHANNEL_PARAMETERS: Final = _words("ref source src from via r origin channel share sharing social link")
CHANNELS: Final = _words("""
    rss feed atom twitter tw facebook fb instagram ig whatsapp wa telegram linkedin reddit pinterest flipboard email
    mail newsletter nl home homepage hp front frontpage social share shared amp app mobile push pushnotification
    google googlenews gnews bing msn apple applenews yahoo teaser sidebar footer header related recommended omrss
    copy x threads bluesky mastodon tumblr pocket skype vk xing jetpack-whatsapp jetpack-threads
    """)
"""A channel parameter is dropped only where its value is one of these or a position on a page, such as Medium's
`post_page---top_nav`."""

FEED_PARAMETERS: Final = CHANNEL_PARAMETERS | _words("""
    partner emc cid eid tid sc mod med medium campaign camp kampagne campagne campanha entry refsrc ref_source
    refer referral sref spref linkfrom linksrc clickfrom frm fr wp_source site_source fuente fonte quelle herkunft
    origine origen origem bron kilde kalla källa kaynak zdroj zrodlo źródło izvor forras forrás sursa sumber nguon
    lahde lähde canal canale kanal kanaal источник источники джерело المصدر 来源 出典 出处
    """)
"""A feed parameter is dropped where its value names a feed: `cid=rss`, `mod=rss_local`."""
FEED_CHANNELS: Final = _words("rss rss2 atom feed feeds")
AMBIGUOUS_FEED_PARAMETERS: Final = _words("mod")
"""With these, a value such as `rss` alone may select a feed (`forum.php?mod=rss`)."""

SESSION_TOKENS: Final = _words("sid session sessionid session_id sess s_id zenid osid oscsid")
"""Dropped only where the value looks like a token: `article.php?sid=1234` names an article."""
SESSIONS: Final = _words("phpsessid jsessionid aspsessionid asp.net_sessionid cfid cftoken jsessionidsso")

VARIANT_PARAMETERS: Final = _words("""
    amp _amp is_amp isamp amphtml hs_amp mobile nomobile print printable printview print_view
    """)
"""The AMP, mobile or print view of the page, where empty or true."""
SINGLE_PAGE: Final = _words("singlepage single_page onepage showall")
"""The whole article on one page, where empty or true."""
_VIEW: Final = _words("amp amphtml amp-type valid_amp mobile desktop print printable printer_friendly")
VIEWS: Final = (
    dict.fromkeys(_words("outputtype output view format mode display device"), _VIEW)
    | dict.fromkeys(_words("page seite pagina"), _words("all"))
    | {"m": _words("0 1"), "action": _words("share"), "noamp": _words("1 true mobile available")}
)
"""Parameter -> values with which it selects a view of the same page."""
TRUE: Final = frozenset(["", "1", "true", "yes", "y", "on"])

CONTENT_PARAMETERS: Final = _words("""
    id ids aid nid sid uid pid cid eid mid vid tid did gid artid art article articleid article_id articleno article_no
    idarticle id_article idart artikel artikelid articulo idxno aidx idx news newsid news_id idnews id_news noticia
    notizia story storyid story_id post postid post_id p no num nr number n guid uuid slug title url u d doc docid
    item itemid node file s q query search suche keyword keywords k tag tags author autor cat catid category categoria
    kategorie section sectionid rubrik topic thema channelid feed page pages paged seite pagina pg page_no pageno
    currentpage cp offset start from_row limit part teil parte chapter kapitel tab lang language locale hl l edition
    region country land loc location format view output type typ kind mode print amp date datum day month year week
    time t sort order v video image img foto photo gallery slide bild index i act action do mod option task c m a
    """)
"""Parameters that identify content on many sites: no canonical link makes them ignorable."""

TOPIC_LISTS: Final = _words("tag tags topic topics category kategorie categoria thema themen tema temas search")
"""After one of these segments, `amp` and `print` are topics, not views."""

TAXONOMY: Final = _words("""
    tag tags topic topics category categories kategorie kategorien categoria categorias categoría categorie
    catégorie kategoria kategori kategoriler kategoriya rubrique rubriques rubrik rubriken rubrica rubryka
    rubric rubrics sezione seccion secciones section sections sezioni thema themen theme themes tema temas temi
    temat tematy emne onderwerp onderwerpen etiket etiketler etiketa etiqueta etiquetas etichetta stichwort
    stichworte schlagwort schlagworte keyword keywords motsclefs mot-cle tegi teg metka author authors autor
    autoren autorzy autori autore auteur auteurs autores autorin auteures skribent forfatter yazar yazarlar
    penulis avtor avtory szerzo kirjoittaja writer writers reporter reporters journalist journalists journaliste
    columnist columnists contributor contributors byline staff team-member profile profiles profil profils
    perfil profilo people user users member members search suche suchen buscar busca busqueda recherche
    rechercher ricerca cerca zoeken zoek szukaj wyszukaj arama ara cari sok sök hledat hledani poisk kereses
    haku cautare метка тег теги тема темы рубрика категория автор авторы поиск 标签 作者 搜索 タグ dossier dossiers
    programmes programs sendungen persone persona personas hub hubs tagg all-about subject
    """)
"""The segment after one of these names a list, not an article."""

SERVICE: Final = _words("""
    login signin sign-in sign_in log-in logout register registration registrierung registrieren signup sign-up
    anmelden anmeldung einloggen connexion inscription iniciar-sesion registro accedi registrati inloggen giris
    uye-ol kayit entrar cadastro zaloguj logowanie logga-in password passwort account konto mein-konto
    mon-compte mi-cuenta myaccount my-account user-account subscribe subscription subscriptions subscriber abo
    abos abonnement abonnements abonnieren abonner aboshop suscripcion suscribete suscripciones assinatura
    assine abbonamenti abbonati abonelik prenumeration prenumerera prenumerata abonner-deg membership donate
    spenden apoyanos support-us newsletter newsletters boletin boletines e-paper epaper epapers about about-us
    aboutus ueber-uns uber-uns a-propos apropos qui-sommes-nous chi-siamo quienes-somos sobre-nos quem-somos
    over-ons om-oss om-os o-nas hakkimizda kunye künye tentang-kami tentang o-redakcii o-kompanii contact
    contacts contact-us contactus kontakt kontakte kontakta-oss contacto contactos contatti contato
    contactez-nous contacter iletisim kontak hubungi-kami kontakty kapcsolat privacy datenschutz impressum
    imprint terms agb tos cookie cookies disclaimer rgpd gdpr ccpa confidentialite privacidad privacidade
    riservatezza gizlilik kvkk prywatnosc integritet personvern privacyverklaring voorwaarden mentions-legales
    cgu cgv aviso-legal note-legali nutzungsbedingungen barrierefreiheit accessibility masthead advertise
    advertise-with-us mediadaten publicidad publicidade pubblicita annonceurs reklama inserate kleinanzeigen faq
    faqs hjelp yardim sitemap site-map plan-du-site mapa-del-sitio rss feed feeds wp-json wp-admin wp-login.php
    wp-content wp-includes xmlrpc.php cdn-cgi api ajax cgi-bin cart checkout warenkorb panier carrito comments
    comment-page trackback embed oembed print-version reply respond kommentare comentarios legal-notice
    legal-notices join
    """)
"""Neither article nor section where the path begins or ends with it."""

LEGAL_TOKENS: Final = _words("""
    privacy privacidad privacidade datenschutz datenschutzerklaerung datenschutzhinweise impressum imprint
    cookie cookies terms conditions bedingungen nutzungsbedingungen gdpr legales legale legali gizlilik
    politikasi kosullari prywatnosci regulamin confidentialite personvern personuppgifter cookiebeleid
    privacybeleid disclaimer copyright guidelines kebijakan privasi privatlivspolitik nutzerbedingungen
    datenschutzbestimmungen cookiepolitik integritetspolicy
    """)
"""A short last segment with one of these is a legal page ("privacy-policy", "politica-de-cookies")."""

MEDIA: Final = _words("""
    video videos videot watch podcast podcasts audio radio tv live gallery galleries galerie galeria galleria
    foto fotos photo photos bilder bildergalerie fotostrecke fotogalerie fotogaleria fotogaleri diaporama
    slideshow pictures weather wetter meteo tiempo hava-durumu pogoda vaer horoscope horoscopes horoskop
    horoscopo oroscopo astro games game spiele jeux juegos giochi quiz crossword crosswords puzzles sudoku
    lottery lotto shop store coupons coupon gutscheine gutschein codes-promo deals event events veranstaltungen
    agenda forum forums community stats results ergebnisse archive archives archiv archivo archivos archivio
    arquivo arquivos arkiv arsiv arşiv archiwum archief arhiv indeks архив jobs job careers career karriere
    emploi stellenangebote help hilfe aide ayuda ajuda advertising werbung anzeigen classifieds redaktion share
    paper sobre over legal donation don feedback accounts reklam anzeige annonse
    """)
"""Lists and tools; sections at best. Articles below them are rarer."""

ARTICLE_WORDS: Final = _words("""
    article articles artikel story stories artigo articulo articolo articoli makale haber doc post posts blog
    beitrag artykul artykuly clanek statya novost noticia noticias notizia berita cikk artikkel artikler artikkeli
    uutinen stiri
    """)
"""Segments that precede the slug of an article."""

GUIDE_WORDS: Final = _words("""
    blogs news press guide guides learn resource resources tips advice insights opinion magazine knowledge wiki
    encyclopedia nachrichten aktuelles ratgeber leitfaden magazin presse actualites actualités guia guias guida
    notizie nieuws nyheter nyheder uutiset aktualnosci hirek haberler novosti
    """)
"""Segments before guides, news and other texts."""

LIST_WORDS: Final = _words("""
    shop store collection collections category categories cat c catalog catalogue browse genre genres archive
    archives list lists tag tags topic topics search directory directories kategorie kategorien kollektionen katalog
    verzeichnis archiv boutique catégorie categorie annuaire tienda categoria categorias colecciones catalogo
    directorio archivo loja colecao negozio collezione collezioni archivio winkel butik obchod sklep
    """)
"""Segments of lists and shops."""

OFFER_WORDS: Final = _words("""
    service services solution solutions product products pricing platform features software tool tools calculator
    calculators industries use-cases department departments consulting insurance support training course courses
    program programs programme programmes certificate certificates degree degrees leistungen dienstleistungen
    angebot angebote produkt produkte preise lösungen loesungen beratung branchen kurse studiengang studiengänge
    prestations offres produits tarifs formation formations conseil servicio servicios soluciones producto productos
    precios curso cursos servico servicos serviços solucoes soluções produto produtos precos servizio servizi
    soluzioni prodotto prodotti prezzi corso corsi diensten oplossingen producten prijzen tarieven cursussen
    opleiding opleidingen tjanster tjänster tjenester ydelser losninger løsninger lösningar produkter priser kurser
    palvelut ratkaisut tuotteet hinnasto koulutus uslugi usługi rozwiazania produkty cennik oferta kursy sluzby
    služby reseni cenik kurzy szolgaltatasok termekek arak servicii solutii produse preturi cursuri hizmetler
    hizmetlerimiz cozumler urunler fiyatlar kurslar услуги решения продукты цены курсы layanan produk dich-vu
    san-pham サービス 服务 产品 서비스
    """)
"""Segments of pages about a service or a product."""

STATIC_EXTENSIONS: Final = _words("""
    jpg jpeg png gif webp avif svg ico bmp tif tiff heic mp3 mp4 m4a m4v m3u8 mov avi wmv webm ogg ogv wav flac aac
    mpg mpeg mkv flv swf pdf doc docx xls xlsx ppt pptx odt ods odp rtf epub csv ics vcf zip gz tgz tar rar 7z bz2
    xz dmg exe apk msi iso css js mjs map json woff woff2 ttf eot otf torrent ps
    """)
FEED_EXTENSIONS: Final = _words("xml rss atom rdf")
PAGE_EXTENSIONS: Final = _words("html htm shtml xhtml php asp aspx jsp ece cms do cfm phtml stm story")
