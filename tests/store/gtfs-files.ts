// A small feed for tests, as the text of its files: two lines, a trip past midnight, one that runs by headway.

export const smallFeed = (): Record<string, string> => ({
  'agency.txt':
    'agency_id,agency_name,agency_url,agency_timezone\nA,Dishub,https://example.id,Asia/Jakarta\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n' +
    'DAILY,1,1,1,1,1,1,1,20200101,20991231\n' +
    'WEEKEND,0,0,0,0,0,1,1,20200101,20991231\n',
  'calendar_dates.txt': 'service_id,date,exception_type\nDAILY,20261225,2\n',
  'routes.txt':
    'route_id,agency_id,route_short_name,route_long_name,route_type,route_color\n' +
    'R1,A,01,"Parluasan, Pasar Horas",3,C2185B\n' +
    'R2,A,02,Simarimbun,3,\n',
  'stops.txt':
    'stop_id,stop_name,stop_lat,stop_lon\n' +
    'S1,Parluasan,2.9780,99.0600\nS2,Pasar Horas,2.9600,99.0640\nS3,Simarimbun,2.9300,99.0500\n',
  'shapes.txt':
    'shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nP1,2.9300,99.0500,2\nP1,2.9780,99.0600,0\nP1,2.9600,99.0640,1\n',
  'trips.txt':
    'route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n' +
    'R1,DAILY,T1,Simarimbun,0,P1\nR1,DAILY,NIGHT,Simarimbun,0,P1\nR2,DAILY,OFTEN,Simarimbun,0,\nR2,WEEKEND,EXACT,Simarimbun,0,\n',
  'frequencies.txt':
    'trip_id,start_time,end_time,headway_secs,exact_times\nOFTEN,05:00:00,21:00:00,600,0\nEXACT,08:00:00,09:00:00,1200,1\n',
  'stop_times.txt':
    'trip_id,arrival_time,departure_time,stop_id,stop_sequence\n' +
    'T1,07:00:00,07:00:00,S1,1\nT1,07:10:00,07:11:00,S2,2\nT1,07:30:00,07:30:00,S3,3\n' +
    'NIGHT,23:50:00,23:50:00,S1,1\nNIGHT,24:10:00,24:12:00,S2,2\nNIGHT,26:32:00,26:32:00,S3,3\n' +
    'OFTEN,00:00:00,00:00:00,S1,1\nOFTEN,00:05:00,00:05:00,S2,2\nOFTEN,00:20:00,00:20:00,S3,3\n' +
    'EXACT,00:00:00,00:00:00,S1,1\nEXACT,00:05:00,00:05:00,S2,2\nEXACT,00:20:00,00:20:00,S3,3\n',
});
